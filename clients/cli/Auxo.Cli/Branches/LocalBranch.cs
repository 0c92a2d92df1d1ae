using Auxo.Cli.Output;
using Auxo.Radicle;

namespace Auxo.Cli.Branches;

/// <summary>A branch of a working copy that is neither the current nor the default one.</summary>
/// <param name="Name">Without <c>refs/heads/</c>.</param>
/// <param name="Commit">Its tip.</param>
/// <param name="At">When the tip was committed.</param>
/// <param name="Title">Of the tip.</param>
/// <param name="Upstream">Such as <c>refs/remotes/rad/patches/…</c>; empty for none.</param>
internal sealed record LocalBranch(string Name, string Commit, DateTimeOffset At, string Title, string Upstream)
{
    private const string Patches = "refs/remotes/rad/patches/";

    /// <summary>The id of the patch that it is of, or its beginning; null for none.</summary>
    public string? Patch
        => Upstream.StartsWith(Patches, StringComparison.Ordinal) ? Upstream[Patches.Length..]
            : Name.StartsWith("patch/", StringComparison.Ordinal) && IsId(Name["patch/".Length..]) ? Name["patch/".Length..]
            : null;

    private static bool IsId(string text) => text.Length is >= 7 and <= 40 && text.All(char.IsAsciiHexDigit);
}

/// <summary>Whether a branch is done with.</summary>
/// <param name="IsDone">All that is in it is elsewhere, too.</param>
/// <param name="Why">Such as <c>is in rad/main</c>.</param>
internal sealed record BranchVerdict(bool IsDone, string Why)
{
    /// <summary>Decides from what git and the patch say.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="contained">How the default branch has it, as git sees it; null when it does not.</param>
    /// <param name="patch">Its patch; null when there is none, or it cannot be read.</param>
    public static BranchVerdict Of(LocalBranch branch, string? contained, RadiclePatch? patch)
    {
        if (contained is not null) return new BranchVerdict(IsDone: true, contained);
        if (patch is null)
            return new BranchVerdict(
                IsDone: false, branch.Patch is { } id ? $"patch {Words.Short(id)} is not on this machine" : "not merged");
        var name = $"patch {patch.Id.Value[..7]}";
        // What was never pushed is in no revision, and would be lost with the branch.
        var isPushed = patch.Revisions.Any(r => r.Head.Value == branch.Commit);
        return patch.State.Status switch
        {
            PatchStatus.Merged when isPushed => new BranchVerdict(IsDone: true, $"{name} is merged"),
            PatchStatus.Archived when isPushed => new BranchVerdict(IsDone: true, $"{name} is archived, and has this commit"),
            PatchStatus.Merged => new BranchVerdict(IsDone: false, $"{name} is merged, but lacks the newest commit here"),
            PatchStatus.Archived => new BranchVerdict(IsDone: false, $"{name} is archived, but lacks the newest commit here"),
            _ => new BranchVerdict(IsDone: false, $"{name} is {(patch.State.Status == PatchStatus.Draft ? "a draft" : "open")}"),
        };
    }
}
