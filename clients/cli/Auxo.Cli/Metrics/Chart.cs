using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Metrics;

/// <summary>Bars and numbers of dashboards; nothing is said by colour alone, and what is not known is said in words.</summary>
internal static class Chart
{
    private const string Eighths = " ▏▎▍▌▋▊▉";

    /// <summary>A bar of at most <paramref name="width"/> columns, to an eighth of a column; something is never shown as nothing.</summary>
    public static string Bar(double value, double most, int width)
    {
        if (value <= 0 || most <= 0) return "";
        var eighths = Math.Max(1, (int)Math.Round(Math.Min(value / most, 1) * width * 8));
        return new string('█', eighths / 8) + (eighths % 8 > 0 ? Eighths[eighths % 8].ToString() : "");
    }

    /// <summary>A bar of a ratio, filled up to its width.</summary>
    public static string Gauge(double? ratio, int width)
        => ratio is { } r ? new string('█', (int)Math.Round(r * width))
            + new string('░', width - (int)Math.Round(r * width)) : new string('·', width);

    /// <summary>Such as <c>43 %</c>; a dash for none.</summary>
    public static string Percent(double? ratio) => ratio is { } r ? (100 * r).ToString("0.#", CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>Such as <c>3 h 20 min</c>; a dash for none.</summary>
    public static string Time(double? seconds) => seconds is null ? "–" : Duration.Of(seconds);

    /// <summary>Such as <c>▲ 12 points</c>: how a ratio moved; empty when one of the two is not known.</summary>
    public static string Trend(double? now, double? before) => (100 * (now - before)) switch
    {
        null => "",
        >= 0.5 and var up => $"▲ {up:0} points",
        <= -0.5 and var down => $"▼ {-down:0} points",
        _ => "▬ no change",
    };

    /// <summary>A tier in its colour.</summary>
    public static Cell Tier(string? tier) => tier switch
    {
        "elite" => new("Elite", "green"),
        "high" => new("High", "green"),
        "medium" => new("Medium", "yellow"),
        "low" => new("Low", "red"),
        _ => new("–", "dim"),
    };

    /// <summary>What a dashboard is about.</summary>
    public static void Head(Terminal terminal, string? name, string rid, DateTimeOffset from, DateTimeOffset to)
    {
        terminal.Line($"[bold]{Terminal.Safe(name ?? rid)}[/]  [dim]{Terminal.Safe(rid)}[/]");
        terminal.Line($"[dim]{from.ToUniversalTime():yyyy-MM-dd HH:mm} to {to.ToUniversalTime():yyyy-MM-dd HH:mm} UTC[/]");
        terminal.Line();
    }

    /// <summary>How the default branch is, and was.</summary>
    public static void Red(Terminal terminal, RedNumber red)
    {
        if (red.RedSince is { } since) terminal.Line($"[red]✗ the default branch is red, {Words.Ago(terminal.Now, since)}[/]");
        else if (red.RedSeconds <= 0) terminal.Line("[green]✓ the default branch was never red in this time[/]");
        else terminal.Line(
            $"[green]✓ the default branch is not red[/]; it was for {Time(red.RedSeconds)}, from red to green "
                + $"{Time(red.Mttr.MeanSeconds)} on average (n {red.Mttr.N})");
    }
}
