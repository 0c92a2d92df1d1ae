namespace Auxo.Metrics.Health.Checks;

/// <summary>15 points: what git keeps is whole and small, branches and patches do not lie about.</summary>
internal static class GitChecks
{
    private const HealthCategory Of15 = HealthCategory.Git;
    private static readonly TimeSpan StaleBranch = TimeSpan.FromDays(90), StalePatch = TimeSpan.FromDays(7);

    public static IEnumerable<CheckScore> Of(HealthFacts facts) =>
    [
        Whole(facts.Survey?.Objects), Large(facts.Survey), Branches(facts), Patches(facts), Protected(facts),
        new("clean-worktrees", Of15, 2, null, "nobody looks at working copies from here; 'auxo sync-status --all' does", Unknown: true),
    ];

    private static CheckScore Whole(ObjectSurvey? seen) => seen switch
    {
        null => new("objects-whole", Of15, 3, null, "git's objects were not looked through yet", Unknown: true),
        { Unfinished: { } why } => new("objects-whole", Of15, 3, null, why, Unknown: true),
        { Fault: { } fault } => new(
            "objects-whole", Of15, 3, 0, fault, "git fsck; fetch it anew from a node that has it whole: rad sync --fetch"),
        _ => new("objects-whole", Of15, 3, 3, "git fsck finds no damage"),
    };

    /// <summary>What is large in the head costs all, what only the history has one point: nobody rewrites it for that.</summary>
    private static CheckScore Large(HealthEvent.Surveyed? survey)
    {
        const string check = "no-large-files";
        if (survey is null) return new(check, Of15, 3, null, "the default branch was not read yet", Unknown: true);
        if (survey.Tree is { LargeFileCount: > 0 and var count, LargeFiles: [var largest, ..] })
            return new(check, Of15, 3, 0, $"{Words.Count(count, "file", "files")} over 10 MiB, such as {largest.Path}",
                $"git rm --cached {largest.Path}, and keep it in the registry: auxo raw put");
        return survey.Objects is { LargeObjects: [var old, ..] }
            ? new(
                check, Of15, 3, 2, $"no file over 10 MiB, but the history has some, such as {old.Path}",
                "git filter-repo rewrites it; only if clones are slow")
            : new(check, Of15, 3, 3, "no file over 10 MiB");
    }

    private static CheckScore Branches(HealthFacts facts)
    {
        const string check = "no-stale-branches";
        if (facts.Stands is not { } stands) return new(check, Of15, 2, null, "branches were not looked at yet", Unknown: true);
        var stale = stands.Branches.Count(b => facts.Now - b.CommittedAt > StaleBranch);
        return stale == 0
            ? new(check, Of15, 2, 2, "no unmerged branch is older than 90 days")
            : new(check, Of15, 2, 0,
                $"{Words.Count(stale, "unmerged branch is", "unmerged branches are")} older than 90 days, such as "
                    + stands.Branches[0].Name,
                "auxo clean-branches");
    }

    private static CheckScore Patches(HealthFacts facts)
    {
        const string check = "no-stale-patches";
        if (facts.Series is not { } series) return new(check, Of15, 3, null, "no patch is known yet", Unknown: true);
        var stale = series.Totals.Touched.Count(at => facts.Now - at > StalePatch);
        return stale == 0
            ? new(check, Of15, 3, 3, series.Totals.Open == 0 ? "no patch is open" : "every open patch got a revision within 7 days")
            : new(check, Of15, 3, 0, $"{Words.Count(stale, "open patch has", "open patches have")} had no revision for 7 days",
                "auxo patch list --open, then auxo patch review PATCH; rad patch archive what is dead");
    }

    private static CheckScore Protected(HealthFacts facts) => facts.Stands?.ForcedHead switch
    {
        null => new("branch-protected", Of15, 2, null, "it was not looked at yet", Unknown: true),
        false => new("branch-protected", Of15, 2, 2, facts.Stands.Node is { } node
            ? $"{node.Threshold} of {Words.Count(node.Delegates, "delegate", "delegates")} must sign the default branch"
            : "pushes cannot rewrite it"),
        true => new("branch-protected", Of15, 2, 0, "every push may rewrite the default branch",
            "git config receive.denyNonFastForwards true"),
    };
}
