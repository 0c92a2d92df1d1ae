using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Dora;

/// <summary>A time, its end not included.</summary>
public readonly record struct Window(DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// DORA's numbers by their definitions (dora.dev, as of 2026-01; docs/dora.md): pure functions from an outline and a window to a report.
/// </summary>
public static class Measure
{
    private static readonly TimeSpan Settled = TimeSpan.FromHours(24);

    /// <summary>The whole report.</summary>
    public static DoraReport Dora(Outline outline, Window window, Calendar calendar)
    {
        var days = calendar.Days(window.From, window.To);
        var live = Sorted.Within(outline.Live, static d => d.At, window.From, window.To).ToList();
        var frequency = Frequency(outline, window, calendar, live, days);
        var lead = LeadTime(outline, window);
        var failRate = FailRate(outline, window, live);
        var recovery = Recovery(outline, window);
        var rework = Rate(live.Count, live.Count(static d => d.IsRework), tier: null, unattributed: null);
        var score = Tiers.Score(frequency.Tier, lead.Tier, failRate.Tier, recovery.Tier);
        return new DoraReport(
            outline.Rid, outline.Name, window.From, window.To, outline.AsOf, calendar.Zone, days, Tiers.Profile,
            Provisional(window, outline.AsOf, live), frequency, lead, failRate,
            recovery, rework, Red(outline, window), score,
            score is null ? "fewer than three of the four numbers have data" : null,
            QuickCheck.Of(lead.Time.P50Seconds, frequency.PerDay, recovery.Time.P50Seconds, failRate.Ratio, rework.Ratio),
            Classic(outline, window, days),
            [.. calendar.Weeks(window.From, window.To).Select(w => Week(outline, w.Monday, new Window(w.From, w.To)))]);
    }

    private static string? Provisional(Window window, AsOf asOf, List<LiveLine> live)
        => window.To > asOf.Time ? "the window is not over"
            : live.Count > 0 && live[^1].At > asOf.Time - Settled
                ? "a deployment is younger than 24 hours and may still turn out to have failed"
            : null;

    private static FrequencyNumber Frequency(Outline outline, Window window, Calendar calendar, List<LiveLine> live, double days)
    {
        var deploymentDays = live.Select(d => calendar.DayOf(d.At)).Distinct().Count();
        var perWeek = days > 0 ? deploymentDays / (days / 7) : 0;
        var intervals = live.Skip(1).Select((d, i) => d.At - live[i].At);
        var excluded = Sorted.Within(outline.Excluded, static at => at, window.From, window.To).Count();
        return new FrequencyNumber(
            live.Count, days > 0 ? live.Count / days : 0, deploymentDays, perWeek, Percentile.Median(intervals), excluded,
            live.Count > 0 ? Tiers.OfFrequency(perWeek) : null, live.Count > 0 ? null : NoDeployments(outline));
    }

    private static LeadTimeNumber LeadTime(Outline outline, Window window)
    {
        var changes = Changes(outline, window).ToList();
        var untimed = Sorted.Within(outline.Untimed, static at => at, window.From, window.To).Count();
        var time = Spread.Of(changes.Select(static c => c.LeadTime));
        var stages = new StageNumbers(
            Percentile.Median(changes.Select(static c => c.Coding)),
            Percentile.Median(changes.Select(static c => c.Review)), Percentile.Median(changes.Select(static c => c.Deploy)));
        return new LeadTimeNumber(
            time, stages, changes.Count(static c => c.IsLongLived), untimed, Tiers.OfLeadTime(time.P50Seconds),
            time.N > 0 ? null : untimed > 0 ? "nobody knows when the deployed changes began" : "no change went live in the window");
    }

    private static RateNumber FailRate(Outline outline, Window window, List<LiveLine> live)
    {
        var failed = Sorted.Within(outline.Failed, static f => f.DeployedAt, window.From, window.To).Count();
        var unattributed = Sorted.Within(outline.Unattributed, static at => at, window.From, window.To).Count();
        return Rate(live.Count, failed, Tiers.OfFailRate(live.Count == 0 ? null : (double)failed / live.Count), unattributed);
    }

    private static RateNumber Rate(int n, int count, Tier? tier, int? unattributed)
        => new(n, count, n == 0 ? null : (double)count / n, unattributed, tier, n == 0 ? "no deployment in the window" : null);

    private static RecoveryNumber Recovery(Outline outline, Window window)
    {
        var recovered = Recovered(outline, window).ToList();
        var open = outline.Failed.Count(f => f.IsOpen && f.FailedAt < window.To);
        var time = Spread.Of(recovered.Select(static f => f.Recovery));
        return new RecoveryNumber(
            time, open, Percentile.Median(recovered.Select(static f => f.Exposure)), Percentile.Median(
                recovered.Select(static f => f.Detection)),
            Tiers.OfRecovery(time.P50Seconds),
            time.N > 0 ? null : open > 0 ? "no failed deployment has recovered yet" : "no failed deployment recovered in the window");
    }

    internal static RedNumber Red(Outline outline, Window window)
    {
        var asOf = outline.AsOf.Time;
        var mttr = Spread.Of(outline.Red.Where(r => r.End >= window.From && r.End < window.To).Select(static r => r.End!.Value - r.Start));
        var red = outline.Red.Sum(r => Math.Max(0, (Earlier(r.End ?? asOf, window.To) - Later(r.Start, window.From)).TotalSeconds));
        var since = outline.Red.Count > 0 && outline.Red[^1].End is null ? outline.Red[^1].Start : (DateTimeOffset?)null;
        return new RedNumber(mttr, red, since, mttr.N > 0
            ? null
            : since is not null ? "it is still red"
            : "it did not turn from red to green in the window");
    }

    private static ClassicNumbers Classic(Outline outline, Window window, double days)
    {
        var merges = Sorted.Within(outline.Merges, static m => m.At, window.From, window.To).ToList();
        var builds = Sorted.Before(outline.Builds, static b => b.At, window.To) - Sorted.Before(
            outline.Builds, static b => b.At, window.From);
        return new ClassicNumbers(
            days > 0 ? merges.Count / days : 0, days > 0 ? builds / days : 0,
            Spread.Of(merges.Select(static m => m.Open).OfType<TimeSpan>()));
    }

    private static DoraWeek Week(Outline outline, DateOnly monday, Window window)
    {
        var live = Sorted.Within(outline.Live, static d => d.At, window.From, window.To).ToList();
        var lead = Changes(outline, window).Select(static c => c.LeadTime).ToList();
        var recovered = Recovered(outline, window).Select(static f => f.Recovery).ToList();
        return new DoraWeek(
            monday, live.Count, live.Count(static d => d.IsRework),
            Sorted.Within(outline.Failed, static f => f.DeployedAt, window.From, window.To).Count(), lead.Count,
            Percentile.Median(lead), recovered.Count, Percentile.Median(recovered));
    }

    internal static IEnumerable<ChangeLine> Changes(Outline outline, Window window)
        => Sorted.Within(outline.Changes, static c => c.DeployedAt, window.From, window.To);

    internal static IEnumerable<FailedLine> Recovered(Outline outline, Window window)
        => outline.Failed.Where(f => !f.IsOpen && f.RecoveredAt >= window.From && f.RecoveredAt < window.To);

    private static string NoDeployments(Outline outline)
        => outline.Live.Count > 0 ? "no deployment in the window"
            : outline.Policy.Deployments == Repositories.DeploymentRule.Reported ? "no deployment was ever reported"
            : "no build of the default branch has passed yet, and no deployment was reported";

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
