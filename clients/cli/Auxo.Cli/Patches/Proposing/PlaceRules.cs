using Auxo.Cli.Patches.Copies;

namespace Auxo.Cli.Patches.Proposing;

/// <summary>Where work may be pushed from, and under which title.</summary>
internal static class PlaceRules
{
    private const int LongestTitle = 200;

    /// <summary>Null when what is checked out may become a patch, or a revision of one.</summary>
    /// <param name="status">Of the work tree.</param>
    /// <param name="defaultBranch">Of the repository.</param>
    /// <param name="detached">True where it need not be on a branch.</param>
    public static Refusal? Refuse(WorkTreeStatus status, string defaultBranch, bool detached = false)
    {
        if (status.Head is null) return new Refusal("There is no commit here yet.", "Commit something first.");
        if (status.Branch == defaultBranch)
            return new Refusal(
                $"You are on {defaultBranch}. A patch comes from a branch of its own.",
                $"Take your commits along: git switch -c my-change. Then put {defaultBranch} back: "
                    + $"git branch -f {defaultBranch} rad/{defaultBranch}");
        if (status.Branch is null && !detached)
            return new Refusal(
                "You are on no branch (a rebase or a merge may be under way).",
                "Finish it, or make a branch here: git switch -c my-change");
        return status.IsClean ? null : Dirty(status);
    }

    /// <summary>Null when nothing is left uncommitted.</summary>
    public static Refusal? Dirty(WorkTreeStatus status)
        => status.IsClean ? null : new Refusal(
            $"Not everything is committed: {status.Words}.",
            "Commit it, or put it aside: git stash --include-untracked. What is never to be committed: .gitignore or .git/info/exclude");

    /// <summary>Null for a title that a patch may have.</summary>
    public static Refusal? RefuseTitle(string title)
        => string.IsNullOrWhiteSpace(title) ? new Refusal("The title is empty.", "Say in one line what it changes.")
            : title.Any(char.IsControl) ? new Refusal("A title is one line, without control characters.", "More goes into --description.")
            : title.Length > LongestTitle
                ? new Refusal($"The title has more than {LongestTitle} characters.", "More goes into --description.")
            : null;

    /// <summary>Null when the branch has something to propose.</summary>
    /// <param name="branch">Its name.</param>
    /// <param name="defaultBranch">Where it shall go one day.</param>
    /// <param name="related">The two have a commit in common.</param>
    /// <param name="commits">How many the branch has more.</param>
    public static Refusal? RefuseCommits(string branch, string defaultBranch, bool related, int commits)
        => !related ? new Refusal(
            $"{branch} and {defaultBranch} have no commit in common.",
            $"Begin at {defaultBranch}: git switch -c my-change rad/{defaultBranch}")
            : commits == 0 ? new Refusal($"{branch} has no commit that {defaultBranch} does not have.", "Commit your change first.")
            : null;
}
