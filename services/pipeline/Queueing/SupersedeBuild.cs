using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>A newer commit of the same patch or branch makes an older build pointless, whether it waits or runs.</summary>
public static class SupersedeBuild
{
    /// <summary>
    /// Ends the older build; a finished one keeps its verdict, and the same commit does not push itself aside. The newer one
    /// speaks on the patch.
    /// </summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build older, Build newer, Links links, DateTimeOffset now)
        => IsPointless(older, newer) is { } reason
            ? FinishBuild.Decide(older, Outcome.Superseded, reason, by: null, links, now, quiet: true)
            : ([], []);

    private static string? IsPointless(Build older, Build newer)
    {
        if (newer.Plan.Concurrency is { } concurrency) return IsPointless(older, newer, concurrency);
        if (older.Subject.Trigger != newer.Subject.Trigger || older.Subject.Schedule != newer.Subject.Schedule) return null;
        // A build that takes longer than its schedule's pause would never end if the next one ended it; but no more than one waits.
        if (newer.Subject.Schedule is { } schedule)
            return older.StartedAt is null ? $"superseded by the next run of schedule '{schedule}'" : null;
        if (older.Subject.Commit != newer.Subject.Commit) return $"superseded by {newer.Subject.Commit.Short}";
        return older.BuiltCommit == newer.BuiltCommit ? null : "superseded: what the patch needs has changed";
    }

    /// <summary>As the newer one's pipeline file says; a build that no group holds is left alone.</summary>
    private static string? IsPointless(Build older, Build newer, BuildConcurrency concurrency)
        => older.Plan.Concurrency?.KeyOf(older.Subject) != concurrency.KeyOf(newer.Subject) || older.BuildId == newer.BuildId ? null
            : concurrency.Mode switch
            {
                ConcurrencyMode.Cancel => $"superseded by {newer.Subject.Commit.Short}",
                ConcurrencyMode.Latest when older.State != BuildState.Running
                    => $"superseded by {newer.Subject.Commit.Short}: of the builds that wait, the newest is kept",
                _ => null,
            };
}
