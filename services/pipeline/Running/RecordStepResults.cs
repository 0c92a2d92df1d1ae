using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Running;

/// <summary>What one step or check brought.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Findings">All that it found, new before known, worst first.</param>
/// <param name="Artifacts">What it kept.</param>
public sealed record StepReport(StepResult Result, IReadOnlyList<Finding> Findings, IReadOnlyList<BuildArtifact> Artifacts)
{
    /// <summary>What its reports say of tests; null for nothing.</summary>
    public StepTests? Tests { get; init; }

    /// <summary>What its reports say of coverage; null for nothing.</summary>
    public StepCoverage? Coverage { get; init; }

    /// <summary>The findings on record that are not there any more with this patch, worst first; null for none.</summary>
    public IReadOnlyList<Finding>? Fixes { get; init; }

    /// <summary>What of a scan's findings is new; null for every other build.</summary>
    public ScanComparison? Compared { get; init; }

    /// <summary>The events of these.</summary>
    internal IEnumerable<BuildEvent> OfReports()
    {
        if (Fixes is { Count: > 0 })
            yield return new BuildEvent.FixesFound(Result.Step, Fixes.Count, [.. Fixes.Take(RecordStepResults.MaxFindings)]);
        if (Tests is not null) yield return new BuildEvent.TestsReported(Tests);
        if (Coverage is not null) yield return new BuildEvent.CoverageReported(Coverage);
        if (Compared is not null) yield return new BuildEvent.ScanCompared(Compared);
    }
}

/// <summary>
/// Records the ends of steps; the last one, in whatever order they end, finishes the build. Repeats and late ones change
/// nothing.
/// </summary>
public static class RecordStepResults
{
    /// <summary>Findings of one step kept in the store; its log has all.</summary>
    internal const int MaxFindings = 20;

    /// <summary>Decides what becomes of the build.</summary>
    /// <param name="build">As it stands.</param>
    /// <param name="reports">New results; those of steps that are not in the plan or have a result already are ignored.</param>
    /// <param name="next">The steps that begin now, recorded in the same append.</param>
    /// <param name="links">Where its log can be read.</param>
    /// <param name="now">The time.</param>
    public static (Events Events, OutgoingMessages Messages) Decide(
        Build build, IReadOnlyList<StepReport> reports, IReadOnlyList<string> next, Links links, DateTimeOffset now)
    {
        if (build.State == BuildState.Finished) return ([], []);
        Events events = [];
        var open = build.Remaining().ToHashSet(StringComparer.Ordinal);
        foreach (var report in reports)
        {
            if (!open.Remove(report.Result.Step)) continue;
            if (report.Findings.Count > 0)
            {
                var blocking = report.Findings.Count(finding => finding.Blocks);
                var known = report.Findings.Count(finding => finding.Known);
                var found = new BuildEvent.FindingsReported(
                    report.Result.Step, blocking, report.Findings.Count - blocking - known, [.. report.Findings.Take(MaxFindings)], known);
                events.Add(found);
                build = build.Apply(found);
            }

            foreach (var artifact in report.Artifacts)
            {
                var produced = new BuildEvent.ArtifactProduced(report.Result.Step, artifact);
                events.Add(produced);
                build = build.Apply(produced);
            }

            foreach (var reported in report.OfReports())
            {
                events.Add(reported);
                build = build.After([reported]);
            }

            var ended = new BuildEvent.StepFinished(report.Result, now);
            events.Add(ended);
            build = build.Apply(ended);
        }

        foreach (var step in next.Where(step => open.Contains(step) && !build.Running.Contains(step)))
        {
            var started = new BuildEvent.StepStarted(step, now);
            events.Add(started);
            build = build.Apply(started);
        }

        if (events.Count == 0) return ([], []);
        if (open.Count > 0 && build.StepsHeld && open.All(step => build.Plan.Steps.Any(held => held.Name == step))) return Hold(
            build, events, links, now);
        if (open.Count > 0) return (events, []);

        var (outcome, reason) = FinishBuild.Judge(build);
        var (finished, messages) = FinishBuild.Decide(build, outcome, reason, by: null, links, now);
        return ([.. events, .. finished], messages);
    }

    /// <summary>
    /// The checks of a stranger's commit are done: a failure is a verdict, and only what passed is worth a delegate's look.
    /// </summary>
    private static (Events, OutgoingMessages) Hold(Build build, Events events, Links links, DateTimeOffset now)
    {
        var (outcome, reason) = FinishBuild.Judge(build);
        if (outcome != Outcome.Passed)
        {
            var (finished, messages) = FinishBuild.Decide(build, outcome, reason, by: null, links, now);
            return ([.. events, .. finished], messages);
        }

        var requested = new BuildEvent.ApprovalRequested(build.BuiltCommit, now);
        return ([.. events, requested], PatchComment.Of(build.Apply(requested), PatchComment.InterimSeq, links) is { } comment
            ? [comment]
            : []);
    }
}
