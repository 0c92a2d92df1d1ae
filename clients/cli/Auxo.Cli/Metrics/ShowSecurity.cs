using System.CommandLine;
using System.Globalization;

using Auxo.Api.Numbers;
using Auxo.Cli.Output;

namespace Auxo.Cli.Metrics;

/// <summary><c>auxo metrics security [REPOSITORY]</c></summary>
internal static class ShowSecurity
{
    private const int BarWidth = 20;

    /// <summary>Of more days the newest are shown; <c>--json</c> has all.</summary>
    private const int MostDays = 31;

    public static Command Create(CliHost host)
    {
        var which = new RepositoryOption(usualDays: 30, mostDays: 365);
        var by = new Option<string>("--by")
        {
            Description = "severity, age, check or owner", DefaultValueFactory = static _ => "severity",
        };
        by.AcceptOnlyFromAmong("severity", "age", "check", "owner");
        return new Command("security", "Show open vulnerabilities, secrets and risky code, what is due, and the score")
        {
            which.Repository, which.Repo, which.Days, by,
        }.Does(host, async (parsed, session, ct) =>
        {
            var (terminal, pipeline) = (session.Terminal, session.Clients.Pipeline);
            if (await which.RidAsync(parsed, session, ct) is { } rid)
            {
                var report = await pipeline.SecurityAsync(rid, parsed.GetValue(which.Days), ct);
                if (terminal.Json) terminal.WriteJson(report);
                else One(terminal, report, parsed.GetValue(by)!);
                return ExitCode.Ok;
            }

            var all = await pipeline.AllSecurityAsync(ct);
            if (terminal.Json) terminal.WriteJson(all);
            else if (all.Items.Count == 0) terminal.Line("Nothing is tracked yet: 'auxo repo track'.");
            else if (all.Items.Count == 1)
                One(terminal, await pipeline.SecurityAsync(all.Items[0].Rid, parsed.GetValue(which.Days), ct), parsed.GetValue(by)!);
            else All(terminal, all);
            return ExitCode.Ok;
        });
    }

    private static void One(Terminal terminal, SecurityReport report, string by)
    {
        Chart.Head(terminal, report.Name, report.Rid, report.From, report.To);
        if (report.Score.Value is not { } score)
        {
            terminal.Line("No build of the default branch has looked for weaknesses yet; the next one that ends does.");
            return;
        }

        terminal.Line($"[bold]Score {score} of 100[/]{Lost(report.Score)}");
        terminal.Line($"[dim]{Terminal.Safe(report.Score.Formula)}[/]");
        terminal.Line();
        Rows(terminal, by, by switch { "age" => report.Ages, "check" => report.Checks, "owner" => report.Owners, _ => report.Severities });
        Pace(terminal, report);
        Days(terminal, report.SinceFirst);
        Due(terminal, report.Due);
        foreach (var look in report.Looks.Where(static look => look.IsOff))
            terminal.Line($"[yellow]{Terminal.Safe(look.Check)} is switched off by the pipeline file.[/]");
    }

    private static void All(Terminal terminal, SecurityList all)
    {
        var columns = new Columns(0, "REPOSITORY", "SCORE", "CRITICAL", "HIGH", "MEDIUM", "LOW", "OVERDUE", "LAST LOOK");
        foreach (var one in all.Items.OrderBy(static item => item.Score ?? 101).ThenBy(static item => item.Name, StringComparer.Ordinal))
            columns.Add(
                new Cell(one.Name, "bold"), one.Score is { } score ? new Cell(N(score), Tone(score)) : new Cell("–", "dim"),
                Some(one.Total.Critical, "red"), Some(one.Total.High, "red"), Some(one.Total.Medium, "yellow"), Some(one.Total.Low),
                Some(one.Total.Overdue, "red"), one.LookedAt is null ? new Cell("never", "dim") : Words.Ago(terminal.Now, one.LookedAt));
        columns.Write(terminal);
        terminal.Line();
        terminal.Line($"[dim]{Terminal.Safe(all.Formula)}[/]");
    }

    private static void Rows(Terminal terminal, string by, IReadOnlyList<SecurityRow> rows)
    {
        if (rows.Count == 0)
        {
            terminal.Line("[green]✓ nothing is open[/]");
            return;
        }

        var most = rows.Max(static row => row.Open);
        var columns = new Columns(
            0, by.ToUpperInvariant(), "", "OPEN", "CRITICAL", "HIGH", "MEDIUM", "LOW", "OVERDUE", "ACCEPTED", "FALSE ALARMS");
        foreach (var row in rows)
            columns.Add(
                new Cell(row.Name, "bold"), new Cell(Chart.Bar(row.Open, most, BarWidth), row.Critical + row.High > 0 ? "red" : "yellow"),
                N(row.Open), Some(row.Critical, "red"), Some(row.High, "red"), Some(row.Medium, "yellow"), Some(row.Low),
                Some(row.Overdue, "red"), Some(row.Accepted), Some(row.FalseAlarms));
        columns.Write(terminal);
    }

    private static void Pace(Terminal terminal, SecurityReport report)
    {
        var pace = report.Pace.Where(static one => one.New + one.Fixed > 0 || one.OldestOpenSeconds is not null).ToList();
        if (pace.Count == 0) return;
        terminal.Line();
        var columns = new Columns(0, "SEVERITY", "NEW", "FIXED", "TIME TO FIX", "N", "OLDEST OPEN", "DUE AFTER");
        foreach (var one in pace)
            columns.Add(
                one.Severity, N(one.New), N(one.Fixed), Chart.Time(one.MedianFixSeconds), N(one.Fixed), Chart.Time(one.OldestOpenSeconds),
                one.DueDays is { } days ? string.Create(CultureInfo.InvariantCulture, $"{days} days") : "–");
        columns.Write(terminal);
    }

    private static void Days(Terminal terminal, IReadOnlyList<SecurityDay> days)
    {
        var most = days.Count == 0 ? 0 : days.Max(static day => day.There);
        if (most == 0) return;
        terminal.Line();
        var columns = new Columns(1, "AT THE END OF", "THERE", "CRITICAL", "HIGH", "MEDIUM", "LOW", "NEW", "FIXED");
        foreach (var day in days.TakeLast(MostDays))
            columns.Add(
                day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), new Cell(
                    Chart.Bar(day.There, most, BarWidth), day.Critical + day.High > 0 ? "red" : "yellow"),
                Some(day.Critical), Some(day.High), Some(day.Medium), Some(day.Low), Some(day.New), Some(day.Fixed));
        columns.Write(terminal);
    }

    private static void Due(Terminal terminal, IReadOnlyList<DueFinding> due)
    {
        if (due.Count == 0) return;
        terminal.Line();
        var columns = new Columns(3, "DUE", "SEVERITY", "WHERE", "WHAT", "OWNER") { Least = 30 };
        foreach (var one in due)
            columns.Add(
                new Cell(
                    one.Due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + (one.IsOverdue ? " overdue" : ""),
                    one.IsOverdue ? "red" : null), one.Finding.Severity, one.Finding.Place, one.Finding.Message,
                one.Owners.Count == 0 ? new Cell("nobody", "dim") : string.Join(", ", one.Owners));
        columns.Write(terminal);
    }

    private static string Lost(SecurityScore score)
        => score.Lost.Count == 0
            ? ""
            : ": " + string.Join(", ", score.Lost.Select(static part => string.Create(
                CultureInfo.InvariantCulture, $"-{part.Points:0.#} for {part.Count} {Terminal.Safe(part.Name)}")));

    private static string Tone(int score) => score switch { >= 90 => "green", >= 70 => "yellow", _ => "red" };

    private static Cell Some(int n, string? style = null) => n > 0 ? new Cell(N(n), style) : "";

    private static string N(int n) => n.ToString(CultureInfo.InvariantCulture);
}
