using System.CommandLine;
using System.Globalization;

using Auxo.Cli.Output;

namespace Auxo.Cli.Reports;

/// <summary><c>auxo report list|show</c></summary>
internal static class ReportCommand
{
    private static readonly string[] Kinds = ["daily", "weekly", "security", "audit"];

    public static Command Create(CliHost host) => new("report", "Read the reports of the mornings, and make one of now")
    {
        List(host), Show(host),
    };

    private static Command List(CliHost host) => new Command("list", "Show the reports that are kept, the newest first").Does(
        host, static async (_, session, ct) =>
        {
            var (terminal, page) = (session.Terminal, await session.Clients.Metrics.ReportsAsync(ct));
            if (terminal.Json)
            {
                terminal.WriteJson(page);
                return ExitCode.Ok;
            }

            if (page.Items.Count == 0)
                terminal.Line("No report was made yet. One of now: auxo report show weekly --now");
            var columns = new Columns(2, "DAY", "KIND", "TITLE", "");
            foreach (var report in page.Items)
            {
                columns.Add(
                    Day(report.Day), report.Kind, report.Title, report.NeedsAttention ? new Cell("! needs attention", "yellow") : "");
            }

            columns.Write(terminal);
            return ExitCode.Ok;
        });

    private static Command Show(CliHost host)
    {
        var kind = new Argument<string>("kind") { Description = "daily, weekly, security or audit" };
        kind.AcceptOnlyFromAmong(Kinds);
        var day = new Option<DateOnly?>("--day") { Description = "Of which day, such as 2026-11-22; by default the newest" };
        var now = new Option<bool>("--now") { Description = "One of this moment: nothing is kept, and nobody is told" };
        var format = new Option<string>("--format")
        {
            Description = "text (default), markdown or html; --json is the whole of it", DefaultValueFactory = static _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "markdown", "html");
        return new Command("show", "Print a report") { kind, day, now, format }.Does(host, async (parsed, session, ct) =>
        {
            var (metrics, wanted) = (session.Clients.Metrics, parsed.GetValue(kind)!);
            var of = parsed.GetValue(now) ? "now"
                : parsed.GetValue(day) is { } one ? Day(one)
                : (await metrics.ReportsAsync(ct)).Items.FirstOrDefault(r => r.Kind == wanted) is { } newest ? Day(newest.Day)
                : throw new CliException(
                    ExitCode.Negative, $"No {wanted} report was made yet.", $"One of now: auxo report show {wanted} --now");
            if (session.Terminal.Json)
            {
                session.Terminal.WriteJson(await metrics.ReportAsync(wanted, of, ct));
                return ExitCode.Ok;
            }

            var text = await metrics.ReportTextAsync(wanted, of, parsed.GetValue(format)!, ct);
            foreach (var line in text.TrimEnd('\n').Split('\n')) session.Terminal.Line(Terminal.Safe(line));
            return ExitCode.Ok;
        });
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
