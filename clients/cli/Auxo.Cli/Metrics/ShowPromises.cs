using System.CommandLine;
using System.Globalization;

using Auxo.Api.Numbers;
using Auxo.Cli.Output;

namespace Auxo.Cli.Metrics;

/// <summary><c>auxo metrics promises</c></summary>
internal static class ShowPromises
{
    public static Command Create(CliHost host)
    {
        var (days, asOf) = (MetricsCommand.Days(30), MetricsCommand.AsOf());
        return new Command("promises", "Show the five promises: what was measured, whether they are kept, how much room is left")
        {
            days, asOf,
        }.Does(host, async (parsed, session, ct) =>
        {
            var report = await session.Clients.Metrics.PromisesAsync(
                parsed.GetValue(days), parsed.GetValue(asOf)?.ToString("O", CultureInfo.InvariantCulture), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(report);
            else Show(session.Terminal, report);
            return ExitCode.Ok;
        });
    }

    private static void Show(Terminal terminal, PromisesReport report)
    {
        terminal.Line(
            $"[dim]{report.From.ToUniversalTime():yyyy-MM-dd HH:mm} to {report.To.ToUniversalTime():yyyy-MM-dd HH:mm} UTC; "
                + "of a time 95 of 100 are within the bound[/]");
        terminal.Line();
        var columns = new Columns(0, "PROMISE", "BOUND", "MEASURED", "N", "AS PROMISED", "ROOM USED", "");
        foreach (var one in report.Promises)
            columns.Add(
                new Cell(one.Title, "bold"), (one.Unit == "seconds" ? "<= " : ">= ") + Amount(one, one.Bound), Measured(one),
                string.Create(CultureInfo.InvariantCulture, $"{one.N} {one.Of}"), Chart.Percent(one.Ratio), Used(one),
                State(one));
        columns.Write(terminal);
        foreach (var one in report.Promises.Where(static one => one.Note is not null))
            terminal.Line($"[dim]{Terminal.Safe(one.Title)}: {Terminal.Safe(one.Note)}.[/]");
    }

    private static string Measured(PromiseReport one)
        => one.Value is not { } value ? "–"
            : one.Unit == "seconds" ? $"p50 {Duration.Of(one.P50Seconds)}, p95 {Duration.Of(value)}"
            : Amount(one, value);

    private static string Amount(PromiseReport one, double value)
        => one.Unit == "seconds"
            ? Duration.Of(value)
            : (100 * value).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static Cell Used(PromiseReport one) => one.BudgetUsed switch
    {
        null => new Cell("–", "dim"),
        > 1 and var used => new Cell(Chart.Percent(used), "red"),
        var used => new Cell(Chart.Percent(used), one.IsAtRisk ? "yellow" : null),
    };

    private static Cell State(PromiseReport one) => one.State switch
    {
        "kept" => new Cell("✓ kept", "green"),
        "broken" => new Cell("✗ broken", "red"),
        _ => new Cell("too little was measured", "dim"),
    };
}
