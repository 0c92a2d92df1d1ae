using Auxo.Metrics.Dora;
using Auxo.Metrics.Histories;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition;

/// <summary>The families of DORA's numbers.</summary>
internal sealed class DoraFamilies(MetricsPage page, double[] longTimes)
{
    private readonly PreparedFamily _score = page.Gauge(
        "radicle_dora_score", "Composite DORA score of 30 days: mean of tier points (4 elite to 1 low) over the numbers that have data.");
    private readonly PreparedFamily _quick = page.Gauge("radicle_dora_quickcheck_score", "DORA Quick Check score of 30 days, 0 to 10.");
    private readonly PreparedFamily _perDay = page.Gauge(
        "radicle_dora_deployments_per_day", "Production deployments per day over the window.");
    private readonly PreparedFamily _days = page.Gauge(
        "radicle_dora_deployed_dates_per_week", "Days with a production deployment, per week of the window.");
    private readonly PreparedFamily _lead = page.Gauge(
        "radicle_dora_change_lead_time_seconds", "Change lead time over the window, by statistic.");
    private readonly PreparedFamily _stage = page.Gauge("radicle_dora_stage_seconds", "Median time of a stage of changes over the window.");
    private readonly PreparedFamily _recovery = page.Gauge(
        "radicle_dora_recovery_time_seconds", "Failed deployment recovery time over the window, by statistic.");
    private readonly PreparedFamily _fail = page.Gauge(
        "radicle_dora_change_fail_ratio", "Share of production deployments that caused a failure.");
    private readonly PreparedFamily _rework = page.Gauge(
        "radicle_dora_rework_ratio", "Share of production deployments that were rollbacks, hotfixes or repairs.");
    private readonly PreparedFamily _samples = page.Gauge("radicle_dora_samples", "How many values are behind a number.");
    private readonly PreparedFamily _open = page.Gauge("radicle_dora_open_failures", "Failed deployments that have not recovered.");
    private readonly PreparedFamily _unattributed = page.Gauge(
        "radicle_dora_unattributed_failures", "Failures of 30 days that no deployment is known to have caused.");
    private readonly PreparedFamily _leadTimes = page.Histogram(
        "radicle_change_lead_time_seconds", "Lead times of all changes.", longTimes);
    private readonly PreparedFamily _recoveryTimes = page.Histogram(
        "radicle_recovery_time_seconds", "Recovery times of all failed deployments.", longTimes);

    public void Add((string, string) repo, (string, string) window, DoraReport dora)
    {
        _perDay.Set(dora.DeploymentFrequency.PerDay, repo, window);
        _days.Set(dora.DeploymentFrequency.DeploymentDaysPerWeek, repo, window);
        AddSpread(_lead, dora.ChangeLeadTime.Time, repo, window);
        AddSpread(_recovery, dora.Recovery.Time, repo, window);
        var stages = dora.ChangeLeadTime.Stages;
        _stage.Set(stages.CodingP50Seconds, repo, window, ("stage", "coding"))
            .Set(stages.ReviewP50Seconds, repo, window, ("stage", "review"))
            .Set(stages.DeployP50Seconds, repo, window, ("stage", "deploy"));
        _fail.Set(dora.ChangeFailRate.Ratio, repo, window);
        _rework.Set(dora.Rework.Ratio, repo, window);
        _samples.Set(dora.DeploymentFrequency.N, repo, window, ("metric", "deployments"))
            .Set(dora.ChangeLeadTime.Time.N, repo, window, ("metric", "change_lead_time"))
            .Set(dora.Recovery.Time.N, repo, window, ("metric", "recovery_time"));
    }

    public void AddHeadline((string, string) repo, DoraReport dora)
    {
        _score.Set(dora.Score, repo);
        _quick.Set(dora.QuickCheck.Score, repo);
        _open.Set(dora.Recovery.Open, repo);
        _unattributed.Set(dora.ChangeFailRate.Unattributed, repo);
    }

    public void AddTotals((string, string) repo, DoraSeries series)
    {
        _leadTimes.Observe(series.Changes.Select(static c => c.LeadTime.TotalSeconds), repo);
        _recoveryTimes.Observe(series.Failed.Where(static f => !f.IsOpen).Select(static f => f.Recovery.TotalSeconds), repo);
    }

    private static void AddSpread(PreparedFamily family, Spread spread, (string, string) repo, (string, string) window)
        => family.Set(spread.P50Seconds, repo, window, ("stat", "p50")).Set(spread.P75Seconds, repo, window, ("stat", "p75"))
            .Set(spread.P90Seconds, repo, window, ("stat", "p90")).Set(spread.MeanSeconds, repo, window, ("stat", "mean"));
}
