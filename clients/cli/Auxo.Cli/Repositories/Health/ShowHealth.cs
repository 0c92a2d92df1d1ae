using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Metrics;
using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories.Health;

/// <summary>How a health report reads on a terminal.</summary>
internal static class ShowHealth
{
    private const int BarWidth = 20;

    /// <summary>One repository.</summary>
    public static void One(Terminal terminal, HealthReport health, bool verbose)
    {
        terminal.Line($"[bold]{Terminal.Safe(health.Name ?? health.Rid)}[/]  [dim]{Terminal.Safe(health.Rid)}[/]");
        if (health.Score is not { } score)
        {
            terminal.Line("Nothing of its health is known yet: its first look comes within minutes, its first build with the next push.");
            return;
        }

        var (icon, word, style) = Band(health.Band);
        var trend = health.Before is { } before ? $"  [dim]{Trend(score, before)}[/]" : "";
        terminal.Line($"[{style}]{icon} {score} of 100, {word}[/]{trend}");
        if (health.Cap is { } cap) terminal.Line($"[red]! no more than 49 while {Terminal.Safe(cap)}[/]");
        if (health.KnownPoints < 99.5)
            terminal.Line($"[dim]of {Points(health.KnownPoints)} points it is known whether they are earned; the others are left out[/]");
        terminal.Line();
        Categories(terminal, health.Categories);
        Lost(terminal, health.Checks);
        if (verbose) Everything(terminal, health.Checks);
        else Unknown(terminal, health.Checks);
    }

    /// <summary>Many repositories, a line each.</summary>
    public static void All(Terminal terminal, IReadOnlyList<HealthReport> reports)
    {
        var columns = new Columns(5, "REPOSITORY", "HEALTH", "", "TREND", "KNOWN", "FIRST TO DO");
        foreach (var health in reports.OrderBy(static r => r.Score ?? 101).ThenBy(static r => r.Name ?? r.Rid, StringComparer.Ordinal))
        {
            var (icon, word, style) = Band(health.Band);
            columns.Add(
                new Cell(health.Name ?? health.Rid, "bold"),
                health.Score is { } score ? new Cell(score.ToString(CultureInfo.InvariantCulture), style) : "–",
                new Cell($"{icon} {word}", style),
                health is { Score: { } now, Before: { } before } ? Trend(now, before) : "", $"{Points(health.KnownPoints)} of 100",
                health.TopFixes is [var first, ..] ? $"{first.Says}: {first.Fix}" : "");
        }

        columns.Write(terminal);
    }

    private static void Categories(Terminal terminal, IReadOnlyList<CategoryScore> categories)
    {
        var columns = new Columns(0, "", "POINTS", "");
        foreach (var category in categories)
        {
            var ratio = category.Points / category.Max;
            columns.Add(
                Name(category.Category), category.Points is { } points ? $"{Points(points)} of {Points(category.Max)}" : "not known",
                new Cell(Chart.Gauge(ratio, BarWidth), ratio switch { null => "dim", >= 0.9 => "green", >= 0.5 => "yellow", _ => "red" }));
        }

        columns.Write(terminal);
    }

    private static void Lost(Terminal terminal, IReadOnlyList<CheckScore> checks)
    {
        var lost = checks.Where(static c => c.Lost > 0).OrderByDescending(static c => c.Lost).ToList();
        if (lost.Count == 0) return;
        terminal.Line();
        var columns = new Columns(2, "WINS", "CHECK", "WHAT IS LOST, AND WHAT WINS IT BACK") { Wraps = true };
        foreach (var check in lost)
        {
            columns.Add(new Cell($"+{Points(check.Lost)}", "yellow"), check.Check, check.Says);
            if (check.Fix is { } fix) columns.Add("", "", new Cell(fix, "cyan"));
        }

        columns.Write(terminal);
    }

    private static void Unknown(Terminal terminal, IReadOnlyList<CheckScore> checks)
    {
        var unknown = checks.Where(static c => c.Unknown).Select(static c => c.Check).ToList();
        if (unknown.Count == 0) return;
        terminal.Line();
        terminal.Line($"[dim]not known: {Terminal.Safe(string.Join(", ", unknown))} (--verbose says why)[/]");
    }

    private static void Everything(Terminal terminal, IReadOnlyList<CheckScore> checks)
    {
        terminal.Line();
        var columns = new Columns(2, "POINTS", "CHECK", "") { Wraps = true };
        foreach (var check in checks)
        {
            columns.Add(
                check.Points is { } points ? $"{Points(points)} of {Points(check.Max)}" : check.Unknown ? "not known" : "–", check.Check,
                check.Says);
        }

        columns.Write(terminal);
    }

    private static (string Icon, string Word, string Style) Band(string? band) => band switch
    {
        "excellent" => ("●", "Excellent", "green"),
        "good" => ("●", "Good", "green"),
        "needs_attention" => ("▲", "Needs attention", "yellow"),
        "critical" => ("✗", "Critical", "red"),
        _ => ("·", "not known", "dim"),
    };

    private static string Trend(int now, int before) => (now - before) switch
    {
        > 0 and var up => $"▲ {up} in 7 days",
        < 0 and var down => $"▼ {-down} in 7 days",
        _ => "▬ as 7 days ago",
    };

    private static string Name(string category) => category switch
    {
        "ci" => "CI",
        "radicle" => "Radicle",
        _ => char.ToUpperInvariant(category[0]) + category[1..],
    };

    private static string Points(double points) => points.ToString("0.#", CultureInfo.InvariantCulture);
}
