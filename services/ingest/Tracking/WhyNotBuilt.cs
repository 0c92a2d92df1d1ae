using Auxo.Contracts;
using Auxo.Ingest.Recording;

namespace Auxo.Ingest.Tracking;

/// <summary>Why the pipeline got no message about a commit, for people: <c>auxo status</c> and <c>auxo trace</c> say the same.</summary>
internal static class WhyNotBuilt
{
    /// <summary>Of a branch that a delegate or a trusted person pushed to Radicle beside the default one.</summary>
    public const string OtherBranch =
        "Of a Radicle repository the default branch and the patches are built. Open a patch (git push rad HEAD:refs/patches), or "
            + "build it now: auxo ci build.";

    /// <summary>Of a Radicle repository without a default branch.</summary>
    public const string NoProject = "The repository is no project: its identity names no default branch.";

    /// <summary>Of a default branch that delegates have not agreed on.</summary>
    public static string NoCanonicalHead(string branch) => $"There is no canonical {branch} yet: not enough delegates have pushed it.";

    /// <summary>Of a branch of a plain git repository.</summary>
    public static string NoBranch(string branch) => $"There is no branch {branch} (yet).";

    /// <summary>Of a plain git repository whose default branch has no commit, though others may have one.</summary>
    /// <param name="branch">What HEAD names.</param>
    /// <param name="folder">The git repository (of a work tree: its <c>.git</c>).</param>
    /// <param name="others">Branches that are there.</param>
    public static string NoDefaultBranch(string branch, string folder, IReadOnlyList<string> others)
    {
        if (others.Count == 0) return $"There is no commit on the default branch {branch} yet; push one.";
        var there = string.Join(", ", others.Take(5)) + (others.Count > 5 ? $" and {others.Count - 5} more" : "");
        return $"There is no commit on the default branch {branch}, but on {there}. Push {branch}, or make another one the default: "
            + $"git -C {folder} symbolic-ref HEAD refs/heads/{others[0]}";
    }

    /// <summary>Of a branch whose head has not arrived.</summary>
    public static string NoHead(CommitId head, string branch) => $"The commit {head.Short} of {branch} is not in the storage.";

    /// <summary>Of a patch that cannot be read or verified.</summary>
    public static string Unreadable(string reason) => $"The patch cannot be read: {reason}";

    /// <summary>Of a revision whose commit has not arrived.</summary>
    public static string NoCommit(CommitId head, RevisionId revision)
        => $"The commit {head.Short} of revision {revision.Short} is not in the storage (yet).";

    /// <summary>Of what a webhook named and nobody has.</summary>
    public static string OnlyNamed(CommitId commit, DateTimeOffset at)
        => $"A webhook of {at:HH:mm:ss} named the commit {commit.Short}, which is not in the storage; every sweep looks for it again.";

    /// <summary>Of a patch's revision; null when the pipeline got its message.</summary>
    public static string? Of(RevisionDisposition disposition) => disposition switch
    {
        RevisionDisposition.PreExisting =>
            "It was there when the repository was tracked; the next revision is announced. 'auxo ci build' builds it now.",
        RevisionDisposition.Superseded => "Its author replaced it before Auxo saw it; the revision after it is announced.",
        RevisionDisposition.Deferred => "The patch was archived before Auxo saw it; it is announced when it is opened again.",
        _ => null,
    };
}
