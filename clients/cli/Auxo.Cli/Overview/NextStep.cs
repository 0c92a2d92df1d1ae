using Auxo.Radicle;

namespace Auxo.Cli.Overview;

/// <summary>The command that brings a working copy forward, and why.</summary>
/// <param name="Command">To be typed; null when there is nothing to do.</param>
/// <param name="Why">A short sentence without its point.</param>
internal sealed record NextStep(string? Command, string Why)
{
    /// <summary>What is most in the way comes first.</summary>
    /// <param name="copy">The working copy.</param>
    /// <param name="node">Null for a plain git repository, and where there is no Radicle.</param>
    /// <param name="seeds">Null when that is not known.</param>
    /// <param name="hasPatches">This <c>auxo</c> has the commands for patches.</param>
    public static NextStep Of(CopyState copy, NodeState? node, IReadOnlyList<NodeSeed>? seeds, bool hasPatches)
        => copy switch
        {
            { Changes.Conflicts: > 0 } => new("git status", "a merge has conflicts: mend them, then git add and git commit"),
            { Head: null } => new("git add -A && git commit", "there is no commit yet"),
            _ when node is { IsRunning: false } => new("rad node start", "the node does not run, so nothing is sent or fetched"),
            { CanonicalIsOld: true } => new("git fetch rad", "this machine has a newer default branch than this working copy"),
            { Changes: { Staged: > 0, Unstaged: 0 } } => new("git commit", "changes are staged"),
            { Changes: { } changes } when changes.Staged + changes.Unstaged > 0
                => new("git add -A && git commit", "changes are not committed"),
            { Branch: null } => new("git switch -c NAME", "HEAD is on no branch: what is committed here is lost easily"),
            { Canonical: { Behind: > 0, Ahead: 0 } canonical } when IsCanonical(copy)
                => new($"git merge --ff-only {canonical.Name}", $"{canonical.Name} is newer"),
            { Canonical: { Ahead: > 0, Behind: > 0 } canonical }
                => new($"git rebase {canonical.Name}", $"{canonical.Name} went on since"),
            { Canonical.Ahead: > 0 } when IsCanonical(copy) && node is not null
                => new("git switch -c NAME", "commits on the default branch become a patch from a branch of their own"),
            { Upstream: { Ahead: > 0 } upstream } when IsPatch(upstream)
                => new(hasPatches ? "auxo patch update" : "git push", "the patch does not have the newest commits yet"),
            { Upstream: { Ahead: > 0 } upstream } => new("git push", $"{upstream.Name} does not have the newest commits yet"),
            { Canonical.Ahead: > 0, Upstream: null } when node is not null
                => new(hasPatches ? "auxo patch create" : "git push rad HEAD:refs/patches", "these commits are no patch yet"),
            _ when seeds?.Any(static s => s.IsInSync == false) == true
                => new("rad sync --announce",
                    "some nodes do not have your newest refs; look again afterwards, it does not say when it fails"),
            { Changes.Untracked: > 0 } => new(Command: null, "nothing but files that git does not know"),
            _ => new(Command: null, "nothing to do"),
        };

    private static bool IsCanonical(CopyState copy)
        => copy.Canonical is { } c && c.Name.EndsWith("/" + copy.Branch, StringComparison.Ordinal);

    private static bool IsPatch(Distance upstream) => upstream.Name.StartsWith("rad/patches/", StringComparison.Ordinal);
}
