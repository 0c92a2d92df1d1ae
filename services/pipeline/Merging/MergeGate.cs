using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Merging;

/// <summary>Whether a result may be merged.</summary>
/// <param name="Passed">A build of exactly it has passed, and none after that one has ended otherwise.</param>
/// <param name="Build">The build that decides; null where there is none.</param>
/// <param name="Reason">One line for people.</param>
public sealed record GateVerdict(bool Passed, Build? Build, string Reason);

/// <summary>Never merge without a pass of exactly this result.</summary>
public static class MergeGate
{
    /// <summary>Decides from the builds of a commit and of those that are equal to it.</summary>
    /// <param name="commit">The result.</param>
    /// <param name="builds">Of it, in any order.</param>
    /// <param name="by">What had ended by then counts.</param>
    public static GateVerdict Judge(CommitId commit, IReadOnlyCollection<Build> builds, DateTimeOffset by)
    {
        // A scan makes some of the checks and runs no step. What was built together with other patches says nothing of it alone.
        var together = builds.Where(static build => build.Plan.Joined is not null).MaxBy(static build => build.QueuedAt);
        builds = [.. builds.Where(static build => build.Plan is { Scan: null, Joined: null })];
        // A build that another one pushed aside says nothing about its commit.
        var ended = builds.Where(build => build.FinishedAt <= by && build.Outcome is not (null or Outcome.Superseded or Outcome.Skipped))
            .MaxBy(static build => (build.FinishedAt, build.BuildId));
        if (ended is { Outcome: Outcome.Passed }) return new GateVerdict(true, ended, $"build {Name(ended)} has passed");
        if (ended is not null)
            return new GateVerdict(false, ended, $"build {Name(ended)} {Words(ended.Outcome!.Value)}");
        var open = builds.Where(build => build.FinishedAt is null || build.FinishedAt > by).MaxBy(static build => build.QueuedAt);
        if (open is null && together is not null)
            return new GateVerdict(
                false, together, $"build {Name(together)} was of it together with the patches that it needs, not of it alone");
        return open is null
            ? new GateVerdict(false, null, $"no build of {commit.Short} has ended with a verdict")
            : new GateVerdict(false, open, open.State == BuildState.AwaitingApproval
                ? $"build {Name(open)} waits for approval"
                : $"build {Name(open)} has no verdict yet");
    }

    private static string Name(Build build) => $"{BuildId.Short(build.BuildId)} of {build.Subject.Commit.Short}";

    private static string Words(Outcome outcome)
        => outcome switch
        {
            Outcome.TimedOut => "ran too long",
            Outcome.Errored => "could not be run",
            Outcome.Cancelled => "was cancelled",
            _ => "has failed",
        };
}
