using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Api.Numbers;
using Auxo.Cli.Output;

namespace Auxo.Cli.Metrics;

/// <summary><c>auxo metrics coverage [REPOSITORY]</c></summary>
internal static class ShowCoverage
{
    private const int BarWidth = 20;
    private const int MostDays = 31;

    public static Command Create(CliHost host)
    {
        var which = new RepositoryOption(usualDays: 90, mostDays: 730);
        var by = new Option<string>("--by")
        {
            Description = "language, directory or file", DefaultValueFactory = static _ => "language",
        };
        by.AcceptOnlyFromAmong("language", "directory", "file");
        return new Command("coverage", "Show how much of the default branch ran in its tests, and its trend")
        {
            which.Repository, which.Repo, which.Days, by,
        }.Does(host, async (parsed, session, ct) =>
        {
            var (terminal, metrics, days) = (session.Terminal, session.Clients.Metrics, parsed.GetValue(which.Days));
            var rid = await which.RidAsync(parsed, session, ct);
            IReadOnlyList<CoverageReport> reports = rid is null
                ? (await metrics.AllCoverageAsync(days, ct)).Items
                : [await metrics.CoverageAsync(rid, days, ct)];
            if (reports.Count == 1) await OneAsync(session, reports[0], parsed.GetValue(by)!, ct);
            else if (terminal.Json) terminal.WriteJson(new Page<CoverageReport>(reports, Next: null));
            else if (reports.Count == 0)
                terminal.Line("No passed build of a default branch has reported coverage yet; docs/coverage.md says how a step does.");
            else All(terminal, reports);
            return ExitCode.Ok;
        });
    }

    private static async Task OneAsync(Session session, CoverageReport report, string by, CancellationToken ct)
    {
        var terminal = session.Terminal;
        var steps = by == "language" ? [] : (await session.Clients.Pipeline.GetAsync(report.BuildId, ct)).Coverage ?? [];
        var parts = by switch
        {
            "file" => Sum(steps.SelectMany(static step => step.Files).Select(static file => new CoveredPart(file.Path, file.Lines, 1))),
            "directory" => Sum(steps.SelectMany(static step => step.Folders ?? [])),
            _ => [.. report.Languages.Select(static one => new CoveredPart(one.Language, new LineCount(one.Covered, one.Lines), 0))],
        };
        if (terminal.Json)
        {
            if (by == "language") terminal.WriteJson(report);
            else terminal.WriteJson(new CoverageBy(report, by, parts));
            return;
        }

        Chart.Head(terminal, report.Name, report.Rid, report.From, report.To);
        terminal.Line($"[bold]{Percent(report.Percent)}[/] of {report.Lines.ToString(CultureInfo.InvariantCulture)} lines"
            + $"{Trend(report)}; build {Words.Short(report.BuildId)}, {Words.Ago(terminal.Now, report.At)}");
        terminal.Line(report.ChangedPercent is { } changed
            ? $"{Percent(changed)} of the {N(report.ChangedLines)} measured lines that were pushed in this time"
            : "[dim]No measured line was pushed in this time.[/]");
        terminal.Line();
        var columns = new Columns(0, by.ToUpperInvariant(), "", "", "LINES", "NOT RUN", by == "directory" ? "FILES" : "");
        foreach (var part in parts)
            columns.Add(
                new Cell(part.Name.Length == 0 ? "." : part.Name, "bold"), Bar(part.Lines.Percent), Percent(part.Lines.Percent),
                N(part.Lines.Total), N(part.Lines.Total - part.Lines.Covered), by == "directory" ? N(part.Files) : "");
        columns.Write(terminal);
        if (parts.Count == 0) terminal.Line($"[dim]What each {by} had is not known of this build.[/]");
        if (by == "file" && steps.Sum(static step => step.FileCount) is var all && all > parts.Count)
            terminal.Line($"[dim]The {parts.Count} files with the most lines that did not run, of {all}.[/]");
        Days(terminal, report.Days);
    }

    private static void All(Terminal terminal, IReadOnlyList<CoverageReport> reports)
    {
        var columns = new Columns(0, "REPOSITORY", "COVERAGE", "", "TREND", "CHANGED LINES", "MEASURED");
        foreach (var one in reports.OrderBy(static report => report.Name, StringComparer.Ordinal))
            columns.Add(
                new Cell(one.Name, "bold"), Bar(one.Percent), Percent(one.Percent),
                Chart.Trend(one.Percent / 100, one.PercentBefore / 100), Percent(one.ChangedPercent), Words.Ago(terminal.Now, one.At));
        columns.Write(terminal);
    }

    private static void Days(Terminal terminal, IReadOnlyList<CoverageDay> days)
    {
        if (days.Count < 2) return;
        terminal.Line();
        var columns = new Columns(1, "DAY", "COVERAGE", "", "LINES", "CHANGED LINES");
        foreach (var day in days.TakeLast(MostDays))
            columns.Add(
                day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Bar(day.Percent), Percent(day.Percent), N(day.Lines),
                day.ChangedLines == 0 ? "" : $"{Percent(100.0 * day.ChangedCovered / day.ChangedLines)} of {N(day.ChangedLines)}");
        columns.Write(terminal);
    }

    /// <summary>Several steps may have measured the same.</summary>
    private static IReadOnlyList<CoveredPart> Sum(IEnumerable<CoveredPart> parts)
        => [.. parts.GroupBy(static part => part.Name, StringComparer.Ordinal)
            .Select(static group => new CoveredPart(
                group.Key, new LineCount(group.Sum(static part => part.Lines.Covered), group.Sum(static part => part.Lines.Total)),
                group.Sum(static part => part.Files)))
            .OrderByDescending(static part => part.Lines.Total - part.Lines.Covered)
            .ThenBy(static part => part.Name, StringComparer.Ordinal)];

    private static string Trend(CoverageReport report)
        => report.PercentBefore is { } before
            ? string.Create(CultureInfo.InvariantCulture, $" ({report.Percent - before:+0.0;-0.0;+0.0} against the time before)")
            : "";

    /// <summary>The report, and its files or folders.</summary>
    private sealed record CoverageBy(CoverageReport Report, string By, IReadOnlyList<CoveredPart> Parts);

    private static Cell Bar(double? percent)
        => new(Chart.Gauge(percent / 100, BarWidth), percent switch { null => "dim", >= 80 => "green", >= 60 => "yellow", _ => "red" });

    private static string Percent(double? percent) => Chart.Percent(percent / 100);

    private static string N(long n) => n.ToString(CultureInfo.InvariantCulture);
}
