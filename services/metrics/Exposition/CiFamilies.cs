using Auxo.Metrics.Ci;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Histories;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition;

/// <summary>The families of CI's numbers.</summary>
internal sealed class CiFamilies(MetricsPage page, double[] buildTimes, double[] waitTimes)
{
    private static readonly (string, string) Workflow = ("workflow", "ci");

    private readonly PreparedFamily _rate = page.Gauge(
        "radicle_ci_success_rate", "Success ratio (0 to 1) of the builds of 30 days that had a verdict.");
    private readonly PreparedFamily _n = page.Gauge("radicle_ci_builds_window", "Builds counted in radicle_ci_success_rate.");
    private readonly PreparedFamily _builds = page.Counter("radicle_ci_builds", "Builds finished, by outcome.");
    private readonly PreparedFamily _duration = page.Histogram(
        "radicle_ci_build_duration_seconds", "Wall time of builds from their first step to their verdict.", buildTimes);
    private readonly PreparedFamily _wait = page.Histogram(
        "radicle_ci_queue_wait_seconds", "Time from the plan of a build to its first step.", waitTimes);
    private readonly PreparedFamily _steps = page.Counter("radicle_ci_step_failures", "Steps that made a build fail.");
    private readonly PreparedFamily _running = page.Gauge("radicle_ci_builds_running", "Builds that run.");
    private readonly PreparedFamily _queued = page.Gauge("radicle_ci_builds_queued", "Builds that wait.");
    private readonly PreparedFamily _green = page.Gauge(
        "radicle_ci_default_branch_green", "1 when the last verdict on the default branch was good, else 0.");
    private readonly PreparedFamily _since = page.Gauge(
        "radicle_ci_default_branch_broken_since_timestamp_seconds", "Since when the default branch is red; 0 while it is green.");
    private readonly PreparedFamily _mttr = page.Gauge(
        "radicle_ci_mttr_seconds", "Mean time from red to green of the default branch, over 30 days.");
    private readonly PreparedFamily _flaky = page.Gauge(
        "radicle_ci_flaky_commits_ratio", "Share of the commits of 30 days that failed and then passed unchanged.");

    /// <summary>The one mapping of outcomes to Prometheus.</summary>
    public static string Name(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "success",
        Outcome.Failed => "failure",
        Outcome.Errored => "error",
        Outcome.TimedOut => "timeout",
        Outcome.Cancelled => "canceled",
        Outcome.Superseded => "superseded",
        Outcome.Skipped => "skipped",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public void AddWindow((string, string) repo, DoraSeries series, Window window)
    {
        var verdicts = MeasureCi.Of(series, window).Where(static b => b.Counts).ToList();
        var passed = MeasureCi.Passed(verdicts);
        _rate.Set(passed.Ratio, repo);
        _n.Set(passed.N, repo);
        var commits = verdicts.GroupBy(static b => b.Commit).ToList();
        if (commits.Count > 0) _flaky.Set((double)commits.Count(MeasureCi.IsFlaky) / commits.Count, repo);
        var red = Measure.Red(series, window);
        _mttr.Set(red.Mttr.MeanSeconds, repo);
        if (!series.HasDefaultBranchVerdict) return;
        _green.Set(red.RedSince is null ? 1 : 0, repo);
        _since.Set(red.RedSince is { } since ? RadicleMetrics.Seconds(since) : 0, repo);
    }

    public void AddTotals((string, string) repo, DoraSeries series, int mostSteps)
    {
        foreach (var (outcome, count) in series.Builds.CountBy(static b => b.Outcome).OrderBy(static c => c.Key)) _builds.Set(
            count, repo, Workflow, ("outcome", Name(outcome)));
        _duration.Observe(series.Builds.Where(static b => b.Counts)
            .Select(static b => b.Duration?.TotalSeconds).OfType<double>(), repo, Workflow);
        _wait.Observe(series.Builds.Select(static b => b.Wait?.TotalSeconds).OfType<double>(), repo);
        AddSteps(repo, series, mostSteps);
    }

    public void AddWaiting((string, string) repo, DoraSeries series)
    {
        _running.Set(series.Totals.Running, repo);
        _queued.Set(series.Totals.Queued, repo);
    }

    private void AddSteps((string, string) repo, DoraSeries series, int mostSteps)
    {
        var counts = series.Builds.SelectMany(static b => b.Failures)
            .CountBy(static f => (f.Step, Category: Category.Of(f))).OrderBy(static c => c.Key).ToList();
        // The first steps to fail keep their names forever, so that no counter falls.
        var known = series.Builds.SelectMany(static b => b.Failures)
            .Select(static f => f.Step).Distinct(StringComparer.Ordinal).Take(mostSteps).ToHashSet(StringComparer.Ordinal);
        foreach (var group in counts.GroupBy(c => (Step: known.Contains(c.Key.Step) ? c.Key.Step : "other", c.Key.Category)))
            _steps.Set(group.Sum(static c => c.Value), repo, ("step", group.Key.Step), ("category", group.Key.Category));
    }
}
