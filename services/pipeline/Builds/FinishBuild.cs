using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Reports.Measuring;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Builds;

/// <summary>How a build gets its verdict.</summary>
public static class FinishBuild
{
    /// <summary>
    /// The verdict of a build's results, whatever their order: what the author must fix comes before what the operator must. A
    /// step that is not meant for this build is no lack.
    /// </summary>
    public static (Outcome Outcome, string? Reason) Judge(Build build)
    {
        var results = build.Results;
        foreach (var worst in (ReadOnlySpan<Outcome>)[Outcome.Failed, Outcome.TimedOut, Outcome.Errored, Outcome.Cancelled])
        {
            var named = results.Where(result => result.Blocks && result.Outcome == worst)
                .Select(result => result.Step).Order(StringComparer.Ordinal).ToList();
            if (named.Count == 0) continue;
            var verb = worst switch { Outcome.Failed
                => "failed", Outcome.TimedOut => "ran too long", Outcome.Errored => "could not be run", _ => "was stopped" };
            var news = worst == Outcome.Failed && build.Compared is { } compared ? $": {compared.Words}" : "";
            return (worst, $"{string.Join(", ", named)} {verb}{news}");
        }

        var elsewhere = build.Plan.Steps.Where(static step => step.LeftOut is not null || step.When == NeedsOutcome.Failed)
            .Select(static step => step.Name).ToHashSet(StringComparer.Ordinal);
        var skipped = results.Where(result => result.Outcome == Outcome.Skipped && !elsewhere.Contains(result.Step))
            .Select(result => result.Step).Order(StringComparer.Ordinal).ToList();
        return (Outcome.Passed, skipped.Count == 0 ? null : $"not run: {string.Join(", ", skipped)}");
    }

    /// <summary>A scan that says what its last run has said; a report is for who asked for it, whatever stands in it.</summary>
    private static bool IsOldNews(Build build, Outcome outcome)
        => Scan.Find(build.Plan.Scan) is { HasReport: false } && build.Compared?.IsOldNews(outcome) is true;

    /// <summary>Ends a build: the event, the fact for everybody, and the verdict for the patch. A finished build stays as it is.</summary>
    /// <param name="build">The build with all results that count.</param>
    /// <param name="outcome">The verdict.</param>
    /// <param name="reason">One line, or null.</param>
    /// <param name="by">Who ended it, when a person did.</param>
    /// <param name="links">Where its log can be read.</param>
    /// <param name="now">The time.</param>
    /// <param name="quiet">
    /// Nobody waits for this verdict, and every comment lives forever in everybody's storage: the patch hears it only where an
    /// interim comment has to be replaced.
    /// </param>
    public static (Events Events, OutgoingMessages Messages) Decide(
        Build build, Outcome outcome, string? reason, string? by, Links links, DateTimeOffset now, bool quiet = false)
    {
        if (build.State == BuildState.Finished) return ([], []);
        var left = outcome is Outcome.Cancelled or Outcome.Superseded ? outcome : Outcome.Skipped;
        var unfinished = build.Remaining().Select(step => new StepResult(
            step, build.Plan.Checks.Contains(step)
                ? "check"
                : "command", left, Blocks: false, TimeSpan.Zero, ExitCode: null, reason ?? "not run")).ToList();
        var finished = new BuildEvent.Finished(outcome, reason, unfinished, by, now);
        var final = build.Apply(finished);
        // What is first leaves first, and for the comment somebody waits.
        OutgoingMessages messages = [];
        if ((!quiet || build.HasInterimComment) && PatchComment.Of(final, PatchComment.FinalSeq, links) is { } comment)
            messages.Add(comment);
        messages.Add(
            new BuildFinished(
                final.Subject, outcome, reason, final.InOrder(),
                [.. final.WorstFirst().Take(10)],
                final.Artifacts, final.QueuedAt, final.StartedAt, now, links.To(final.BuildId), final.Trust,
                final.Held > TimeSpan.Zero ? final.Held : null, IsOldNews(final, outcome) ? true : null,
                final.Plan.Joined?.Commit));
        if (BranchCoverage.Of(final, outcome, now) is { } measured) messages.Add(measured);
        return ([finished], messages);
    }
}
