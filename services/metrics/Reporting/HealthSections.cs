using System.Globalization;

using Auxo.Metrics.Alerts;
using Auxo.Metrics.Health;

namespace Auxo.Metrics.Reporting;

/// <summary>The parts of the daily and the weekly report.</summary>
internal static class HealthSections
{
    /// <summary>Only what is not well.</summary>
    public static IReadOnlyList<ReportSection> OfWhatIsNotWell(ReportFacts facts) =>
    [
        .. ((ReportSection[])
        [
            Alerts(facts),
            Repositories(facts, facts.Health.Where(static h => h.Band is HealthBand.Critical or HealthBand.NeedsAttention || Fell(h))),
            Builds(
                "Builds of the last day",
                facts.Day.Where(static ci => ci.Success.Ratio < ci.Target || ci.DefaultBranch.RedSince is not null)),
            SecuritySections.Open(facts, onlyUrgent: true), Nodes(facts, onlyTroubles: true),
        ]).Where(static section => section.Rows.Count > 0),
    ];

    /// <summary>Everything.</summary>
    public static IReadOnlyList<ReportSection> OfAll(ReportFacts facts) =>
    [
        Alerts(facts), Repositories(facts, facts.Health), Builds("Builds of the last seven days", facts.Week), Delivery(facts),
        SecuritySections.Open(facts, onlyUrgent: false), Nodes(facts, onlyTroubles: false),
    ];

    /// <summary>Such as <c>81 (▼ 4)</c>.</summary>
    public static string Score(HealthReport health) => health.Score is not { } score
        ? "not known"
        : (score - health.Before) switch
        {
            > 0 and var up => $"{score} (▲ {up})",
            < 0 and var down => $"{score} (▼ {-down})",
            _ => score.ToString(CultureInfo.InvariantCulture),
        };

    private static bool Fell(HealthReport health) => health.Before - health.Score >= 5;

    private static ReportSection Alerts(ReportFacts facts) => ReportSection.Table(
        "Alerts", "No alert is raised.", ["Rule", "What", "Since"],
        facts.Alerts.Where(static a => a.Phase == AlertPhase.Raised).OrderBy(static a => a.Since)
            .Select(static a => (IReadOnlyList<string>)[a.Rule, a.Summary, Time(a.Since)]));

    private static ReportSection Repositories(ReportFacts facts, IEnumerable<HealthReport> shown) => ReportSection.Table(
        "Health", facts.Health.Count == 0 ? "No repository is tracked." : "Every repository is well.",
        ["Repository", "Health", "", "First to do"],
        shown.OrderBy(static h => h.Score ?? 101).ThenBy(static h => h.Name, StringComparer.Ordinal)
            .Select(static h => (IReadOnlyList<string>)
            [
                h.Name ?? h.Rid.Value, Score(h), h.Band is { } band ? RecordScore.Word(band) : "",
                h.TopFixes is [var first, ..] ? $"{first.Says}: {first.Fix}" : "",
            ]));

    private static ReportSection Builds(string title, IEnumerable<Ci.CiReport> shown) => ReportSection.Table(
        title, "Nothing was built.", ["Repository", "Passed", "Before", "Default branch"],
        shown.Where(static ci => ci.Builds > 0 || ci.DefaultBranch.RedSince is not null)
            .OrderBy(static ci => ci.Name, StringComparer.Ordinal).Select(static ci => (IReadOnlyList<string>)
            [
                ci.Name ?? ci.Rid.Value, ci.Success.Ratio is { } now ? $"{Percent(now)} of {ci.Success.N}" : "–",
                ci.Before.Ratio is { } before ? $"{Percent(before)} of {ci.Before.N}" : "–",
                ci.DefaultBranch.RedSince is { } since ? $"red since {Time(since)}" : "not red",
            ]));

    private static ReportSection Delivery(ReportFacts facts) => ReportSection.Table(
        "DORA, 30 days", "Nothing was deployed.", ["Repository", "Deployments", "Lead time (median)", "Failed", "Score"],
        facts.Month.Where(static d => d.DeploymentFrequency.N > 0).OrderBy(static d => d.Name, StringComparer.Ordinal)
            .Select(static d => (IReadOnlyList<string>)
            [
                d.Name ?? d.Rid.Value, d.DeploymentFrequency.N.ToString(CultureInfo.InvariantCulture),
                d.ChangeLeadTime.Time.P50Seconds is { } seconds ? $"{Span(seconds)} (n {d.ChangeLeadTime.Time.N})" : "–",
                d.ChangeFailRate.Ratio is { } ratio ? $"{Percent(ratio)} of {d.ChangeFailRate.N}" : "–",
                d.Score is { } score ? score.ToString("0.##", CultureInfo.InvariantCulture) + " of 4" : "–",
            ]));

    private static ReportSection Nodes(ReportFacts facts, bool onlyTroubles) => ReportSection.Table(
        "Nodes", facts.Mesh.Nodes.Count == 0 ? "No agent reports." : "Every node is well.", ["Node", "State", "What is wrong"],
        facts.Mesh.Nodes.Where(n => !onlyTroubles || !n.IsUp || n.Problems.Count > 0).Select(static n => (IReadOnlyList<string>)
        [
            n.Name, n.SilentSeconds is not null ? "silent" : n.IsUp ? "up" : "down",
            string.Join("; ", n.Problems.Select(static p => $"{p.Name}: {p.Text}")),
        ]));

    internal static string Time(DateTimeOffset at)
        => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    internal static string Percent(double ratio) => (100 * ratio).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Span(double seconds) => seconds switch
    {
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:0.#} days"),
    };
}
