using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Metrics;

/// <summary><c>auxo metrics ci [REPOSITORY]</c></summary>
internal static class ShowCi
{
    private const int GaugeWidth = 20;

    public static void One(Terminal terminal, CiReport ci)
    {
        Chart.Head(terminal, ci.Name, ci.Rid, ci.From, ci.To);
        var numbers = new Columns(4, "", "", "", "N", "") { Wraps = true };
        numbers.Add("Success", Gauge(ci.Success, ci), Chart.Percent(ci.Success.Ratio), N(ci.Success.N), Success(ci));
        numbers.Add("Last 24 hours", Gauge(ci.LastDay, ci), Chart.Percent(ci.LastDay.Ratio), N(ci.LastDay.N),
            ci.LastDay.N == 0 ? "no build had a verdict" : "");
        numbers.Add("Last ten", Gauge(ci.LastTen, ci), Chart.Percent(ci.LastTen.Ratio), N(ci.LastTen.N),
            ci.LastTen.N == 0 ? "" : $"{ci.LastTen.N - ci.LastTen.Passed} failed");
        numbers.Add("Commits", Gauge(ci.Commits, ci), Chart.Percent(ci.Commits.Ratio), N(ci.Commits.N), ci.FlakyCommits == 0
            ? "the last verdict of each"
            : $"the last verdict of each; {ci.FlakyCommits} failed and then passed unchanged");
        numbers.Add("Duration", "", Chart.Time(ci.Duration.P50Seconds), N(ci.Duration.N), Spread(ci.Duration));
        numbers.Add("Waiting", "", Chart.Time(ci.Wait.P50Seconds), N(ci.Wait.N), Spread(ci.Wait));
        numbers.Write(terminal);
        terminal.Line();
        Chart.Red(terminal, ci.DefaultBranch);
        Days(terminal, ci.Daily);
        Failures(terminal, "WHAT FAILED", ci.Categories);
        Failures(terminal, "STEP", ci.Steps);
    }

    public static void All(Terminal terminal, IReadOnlyList<CiReport> reports)
    {
        var columns = new Columns(0, "REPOSITORY", "SUCCESS", "", "N", "TREND", "DURATION", "DEFAULT BRANCH");
        foreach (var ci in reports.OrderBy(static c => c.Name ?? c.Rid, StringComparer.Ordinal))
        {
            columns.Add(
                new Cell(ci.Name ?? ci.Rid, "bold"), Gauge(ci.Success, ci, width: 10), Chart.Percent(ci.Success.Ratio),
                N(ci.Success.N), Chart.Trend(ci.Success.Ratio, ci.Before.Ratio),
                Chart.Time(ci.Duration.P50Seconds), ci.DefaultBranch.RedSince is null
                    ? new Cell("✓ not red", "green")
                    : new Cell("✗ red", "red"));
        }

        columns.Write(terminal);
    }

    private static void Days(Terminal terminal, IReadOnlyList<CiDay> days)
    {
        var most = days.Count == 0 ? 0 : days.Max(static d => d.Passed + d.Failed + d.Other);
        if (most == 0) return;
        terminal.Line();
        var columns = new Columns(1, "DAY", "BUILDS", "PASSED", "FAILED", "OTHER");
        foreach (var day in days.TakeLast(31))
        {
            columns.Add(
                day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), new Cell(
                    Chart.Bar(day.Passed + day.Failed + day.Other, most, GaugeWidth), day.Failed > day.Passed ? "red" : "green"),
                Some(day.Passed), Some(day.Failed), Some(day.Other));
        }

        columns.Write(terminal);
    }

    private static void Failures(Terminal terminal, string title, IReadOnlyList<Named> counts)
    {
        if (counts.Count == 0) return;
        terminal.Line();
        var columns = new Columns(0, title, "", "TIMES");
        foreach (var (name, count) in counts.Take(10)) columns.Add(
            name, new Cell(Chart.Bar(count, counts[0].Count, GaugeWidth), "red"), N(count));
        columns.Write(terminal);
    }

    private static Cell Gauge(Share share, CiReport ci, int width = GaugeWidth)
        => new(Chart.Gauge(share.Ratio, width), share.Ratio >= ci.Stretch
            ? "green"
            : share.Ratio >= ci.Target ? "yellow"
            : share.Ratio is null ? "dim"
            : "red");

    private static string Success(CiReport ci)
    {
        if (ci.Success.Ratio is not { } ratio) return ci.Builds == 0
            ? "no build ended"
            : $"{ci.Builds} builds ended, none with a verdict on its commit";
        var goal = ratio >= ci.Stretch
            ? $"above the stretch of {Chart.Percent(ci.Stretch)}"
            : ratio >= ci.Target ? $"above the target of {Chart.Percent(ci.Target)}"
            : $"below the target of {Chart.Percent(ci.Target)}";
        return Chart.Trend(ratio, ci.Before.Ratio) is { Length: > 0 } trend
            ? $"{goal}; {trend} against the time before (n {ci.Before.N})"
            : goal;
    }

    private static string Spread(Spread spread)
        => spread.N == 0 ? "" : $"p95 {Chart.Time(spread.P95Seconds)}, mean {Chart.Time(spread.MeanSeconds)}";

    private static string Some(int n) => n > 0 ? N(n) : "";

    private static string N(int n) => n.ToString(CultureInfo.InvariantCulture);
}
