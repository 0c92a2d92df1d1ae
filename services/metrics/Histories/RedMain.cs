using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>A time in which the default branch did not pass.</summary>
/// <param name="Start">The end of the build that failed.</param>
/// <param name="End">The end of the next build that passed; null while it is red.</param>
/// <param name="BrokenBy">The commit that failed.</param>
/// <param name="FixedBy">The commit that passed.</param>
public sealed record RedPeriod(DateTimeOffset Start, DateTimeOffset? End, CommitId BrokenBy, CommitId? FixedBy);

/// <summary>
/// How long the default branch was red. The old reports called this MTTR; it is not DORA's recovery time, since nobody need
/// have been affected.
/// </summary>
public static class RedMain
{
    /// <summary>True for builds of new heads of the default branch.</summary>
    public static bool IsOfDefaultBranch(RepositoryFacts facts, BuildFact build)
        => build.Trigger == BuildTrigger.Branch && facts.DefaultBranch is { } branch && build.Ref == branch;

    /// <summary>
    /// The red times, in order; only the last may be open. Builds that say nothing of the commit neither begin nor end one, and neither
    /// does one of an older commit that ends after a newer one's: a commit is as old as the queueing of its first build.
    /// </summary>
    public static IReadOnlyList<RedPeriod> Periods(RepositoryFacts facts)
    {
        var periods = new List<RedPeriod>();
        var builds = facts.Builds.Where(b => b.Counts && IsOfDefaultBranch(facts, b)).OrderBy(static b => (b.At, b.Build)).ToList();
        var first = builds.GroupBy(static b => b.Commit).ToDictionary(static g => g.Key, static g => g.Min(static b => b.QueuedAt));
        var newest = DateTimeOffset.MinValue;
        foreach (var build in builds)
        {
            if (first[build.Commit] < newest) continue;
            newest = first[build.Commit];
            var open = periods.Count > 0 && periods[^1].End is null;
            if (build.Outcome == Outcome.Passed && open) periods[^1] =
                periods[^1] with { End = build.At, FixedBy = build.Commit.ToCommit() };
            else if (build.Outcome != Outcome.Passed && !open) periods.Add(
                new RedPeriod(build.At, End: null, build.Commit.ToCommit(), FixedBy: null));
        }

        return periods;
    }
}
