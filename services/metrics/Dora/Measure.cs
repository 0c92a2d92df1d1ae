using Auxo.Metrics.Facts;
using Auxo.Metrics.Histories;

namespace Auxo.Metrics.Dora;

/// <summary>A time, its end not included.</summary>
public readonly record struct Window(DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// DORA's numbers by their definitions (dora.dev, as of 2026-01; docs/dora.md): pure functions from a series and a window to a report.
/// </summary>
public static class Measure
{
    private static readonly TimeSpan Settled = TimeSpan.FromHours(24);

    /// <summary>The whole report.</summary>
    public static DoraReport Dora(DoraSeries series, Window window, Calendar calendar)
    {
        var days = calendar.Days(window.From, window.To);
        var live = Sorted.Within(series.Live, static d => d.At, window.From, window.To).ToList();
        var frequency = Frequency(series, window, calendar, live, days);
        var lead = LeadTime(series, window);
        var failRate = FailRate(series, window, live);
        var recovery = Recovery(series, window);
        var rework = Rate(live.Count, live.Count(static d => d.IsRework), tier: null, unattributed: null);
        var score = Tiers.Score(frequency.Tier, lead.Tier, failRate.Tier, recovery.Tier);
        return new DoraReport(
            series.Rid, series.Name, window.From, window.To, series.AsOf, calendar.Zone, days, Tiers.Profile,
            Provisional(window, series.AsOf, live), frequency, lead, failRate,
            recovery, rework, Red(series, window), score,
            score is null ? "fewer than three of the four numbers have data" : null,
            QuickCheck.Of(
                lead.Time.P50Seconds, frequency.PerDay, frequency.DeploymentDaysPerWeek, recovery.Time.P50Seconds,
                failRate.Ratio, rework.Ratio),
            Classic(series, window, days),
            [.. calendar.Weeks(window.From, window.To).Select(w => Week(series, w.Monday, new Window(w.From, w.To)))]);
    }

    private static string? Provisional(Window window, AsOf asOf, List<DeploymentPoint> live)
        => window.To > asOf.Time ? "the window is not over"
            : live.Count > 0 && live[^1].At > asOf.Time - Settled
                ? "a deployment is younger than 24 hours and may still turn out to have failed"
            : null;

    private static FrequencyNumber Frequency(DoraSeries series, Window window, Calendar calendar, List<DeploymentPoint> live, double days)
    {
        var deploymentDays = live.Select(d => calendar.DayOf(d.At)).Distinct().Count();
        var perWeek = days > 0 ? deploymentDays / (days / 7) : 0;
        var intervals = live.Skip(1).Select((d, i) => d.At - live[i].At);
        var excluded = Sorted.Within(series.Excluded, static at => at, window.From, window.To).Count();
        return new FrequencyNumber(
            live.Count, days > 0 ? live.Count / days : 0, deploymentDays, perWeek, Percentile.Median(intervals), excluded,
            live.Count > 0 ? Tiers.OfFrequency(perWeek) : null, live.Count > 0 ? null : NoDeployments(series));
    }

    private static LeadTimeNumber LeadTime(DoraSeries series, Window window)
    {
        var changes = Changes(series, window).ToList();
        var untimed = Sorted.Within(series.Untimed, static at => at, window.From, window.To).Count();
        var time = Spread.Of(changes.Select(static c => c.LeadTime));
        var stages = new StageNumbers(
            Percentile.Median(changes.Select(static c => c.Coding)),
            Percentile.Median(changes.Select(static c => c.Review)), Percentile.Median(changes.Select(static c => c.Deploy)));
        return new LeadTimeNumber(
            time, stages, changes.Count(static c => c.IsLongLived), untimed, Tiers.OfLeadTime(time.P50Seconds),
            time.N > 0 ? null : untimed > 0 ? "nobody knows when the deployed changes began" : "no change went live in the window");
    }

    private static RateNumber FailRate(DoraSeries series, Window window, List<DeploymentPoint> live)
    {
        var failed = Sorted.Within(series.Failed, static f => f.DeployedAt, window.From, window.To).Count();
        var unattributed = Sorted.Within(series.Unattributed, static at => at, window.From, window.To).Count();
        return Rate(live.Count, failed, Tiers.OfFailRate(live.Count == 0 ? null : (double)failed / live.Count), unattributed);
    }

    private static RateNumber Rate(int n, int count, Tier? tier, int? unattributed)
        => new(n, count, n == 0 ? null : (double)count / n, unattributed, tier, n == 0 ? "no deployment in the window" : null);

    private static RecoveryNumber Recovery(DoraSeries series, Window window)
    {
        var recovered = Recovered(series, window).ToList();
        var open = series.Failed.Count(f => f.IsOpen && f.FailedAt < window.To);
        var time = Spread.Of(recovered.Select(static f => f.Recovery));
        return new RecoveryNumber(
            time, open, Percentile.Median(recovered.Select(static f => f.Exposure)), Percentile.Median(
                recovered.Select(static f => f.Detection)),
            Tiers.OfRecovery(time.P50Seconds),
            time.N > 0 ? null : open > 0 ? "no failed deployment has recovered yet" : "no failed deployment recovered in the window");
    }

    internal static RedNumber Red(DoraSeries series, Window window)
    {
        var asOf = series.AsOf.Time;
        var mttr = Spread.Of(series.Red.Where(r => r.End >= window.From && r.End < window.To).Select(static r => r.End!.Value - r.Start));
        var red = series.Red.Sum(r => Math.Max(0, (Earlier(r.End ?? asOf, window.To) - Later(r.Start, window.From)).TotalSeconds));
        var since = series.Red.Count > 0 && series.Red[^1].End is null ? series.Red[^1].Start : (DateTimeOffset?)null;
        return new RedNumber(mttr, red, since, mttr.N > 0
            ? null
            : since is not null ? "it is still red"
            : "it did not turn from red to green in the window");
    }

    private static ClassicNumbers Classic(DoraSeries series, Window window, double days)
    {
        var merges = Sorted.Within(series.Merges, static m => m.At, window.From, window.To).ToList();
        var builds = Sorted.Before(series.Builds, static b => b.At, window.To) - Sorted.Before(
            series.Builds, static b => b.At, window.From);
        return new ClassicNumbers(
            days > 0 ? merges.Count / days : 0, days > 0 ? builds / days : 0,
            Spread.Of(merges.Select(static m => m.Open).OfType<TimeSpan>()));
    }

    private static DoraWeek Week(DoraSeries series, DateOnly monday, Window window)
    {
        var live = Sorted.Within(series.Live, static d => d.At, window.From, window.To).ToList();
        var lead = Changes(series, window).Select(static c => c.LeadTime).ToList();
        var recovered = Recovered(series, window).Select(static f => f.Recovery).ToList();
        return new DoraWeek(
            monday, live.Count, live.Count(static d => d.IsRework),
            Sorted.Within(series.Failed, static f => f.DeployedAt, window.From, window.To).Count(), lead.Count,
            Percentile.Median(lead), recovered.Count, Percentile.Median(recovered));
    }

    internal static IEnumerable<ChangePoint> Changes(DoraSeries series, Window window)
        => Sorted.Within(series.Changes, static c => c.DeployedAt, window.From, window.To);

    internal static IEnumerable<FailedPoint> Recovered(DoraSeries series, Window window)
        => series.Failed.Where(f => !f.IsOpen && f.RecoveredAt >= window.From && f.RecoveredAt < window.To);

    private static string NoDeployments(DoraSeries series)
        => series.Live.Count > 0 ? "no deployment in the window"
            : series.Policy.Deployments == Repositories.DeploymentRule.Reported ? "no deployment was ever reported"
            : "no build of the default branch has passed yet, and no deployment was reported";

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
