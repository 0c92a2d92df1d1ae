using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Gate;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Findings;

/// <summary><c>auxo ci findings [REPOSITORY]</c></summary>
internal static class ListFindings
{
    /// <summary>Lines on a screen; <c>--all</c> shows the rest.</summary>
    private const int Usual = 50;

    /// <summary>As many as the service gives at once.</summary>
    private const int AtOnce = 200;

    public static Command Create(CliHost host)
    {
        var repository = new Argument<string?>("repository")
        {
            Description = "Its id, at least 4 characters of it, or its name; left out, the repository of this folder",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var state = new Option<string>("--state")
        {
            Description = "open, fixed, accepted or false-alarm", DefaultValueFactory = static _ => "open",
        };
        state.AcceptOnlyFromAmong("open", "fixed", "accepted", "false-alarm");
        var severity = new Option<string[]>("--severity")
        {
            Description = "Only this severity; may be given several times",
        };
        severity.AcceptOnlyFromAmong("critical", "high", "medium", "low", "info");
        var check = new Option<string?>("--check") { Description = "Only what this check found, such as sast" };
        var all = new Option<bool>("--all") { Description = $"All of them, not the first {Usual}" };
        return new Command("findings", "Show what is open, fixed or accepted in the default branch, and since when")
        {
            repository, state, severity, check, all,
        }.Does(host, (parsed, session, ct) => RunAsync(
            session, parsed.GetValue(repository),
            new Asked(
                parsed.GetValue(state) ?? "open", parsed.GetValue(severity) ?? [], parsed.GetValue(check),
                parsed.GetValue(all)), ct));
    }

    private static async Task<int> RunAsync(Session session, string? repository, Asked asked, CancellationToken ct)
    {
        var rid = repository is null
            ? await OfFolderAsync(session, ct)
            : (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, repository, ct)).Rid;
        var list = await PageAsync(after: null);
        while (asked.All && list.Next is { } after)
        {
            var more = await PageAsync(after);
            list = list with { Items = [.. list.Items, .. more.Items], Next = more.Next };
        }

        if (session.Terminal.Json) session.Terminal.WriteJson(list);
        else Show(session.Terminal, list, asked);
        return ExitCode.Ok;

        Task<FindingList> PageAsync(string? after) => session.Clients.Pipeline.FindingsAsync(
            rid, asked.State, asked.Severities, asked.Check, asked.All ? AtOnce : Usual, after, ct);
    }

    private static async Task<string> OfFolderAsync(Session session, CancellationToken ct)
    {
        var folder = session.Host.WorkingFolder;
        var rid = (await WorkTree.FindAsync(folder, url: null, ct)).Rid;
        var place = rid.StartsWith("rad:", StringComparison.Ordinal) ? rid : ".";
        return (await session.Clients.Ingest.RepositoriesAsync(ct)).Items.Any(repository => repository.Rid == rid)
            ? rid
            : throw new CliException(
                ExitCode.Negative, $"The repository of {folder} is not tracked.",
                $"Track it: auxo repo track {place}, or name another one: auxo ci findings REPOSITORY");
    }

    private static void Show(Terminal terminal, FindingList list, Asked asked)
    {
        terminal.Line(Head(list));
        if (list.Items.Count > 0)
        {
            var (when, who) = Titles(asked.State);
            var columns = new Columns(3, "SEVERITY", "RULE", "WHERE", "WHAT", when, who)
            {
                Wraps = IsAccepted(asked.State), Least = 30,
            };
            foreach (var finding in list.Items)
            {
                var what = IsAccepted(asked.State) ? $"{finding.Message} ({finding.Accepted?.Reason})" : finding.Message;
                columns.Add(
                    Severity(finding.Severity), $"{finding.Check} {finding.Rule}", finding.Place, what,
                    When(terminal, finding, asked.State), Who(finding, asked.State));
            }

            columns.Write(terminal);
        }

        if (list.Next is not null) terminal.Line("[dim]There are more: --all shows them.[/]");
        foreach (var check in list.Checks.Where(static check => check.IsOff))
            terminal.Line($"[dim]{Terminal.Safe(check.Check)} is switched off by the pipeline file.[/]");
        foreach (var check in list.Behind)
            terminal.Line(
                $"[dim]{Terminal.Safe(check.Check)} could last look {Words.Ago(terminal.Now, check.Look.At)}, at "
                    + $"{Words.Short(check.Look.Commit)}; what it would find now is not known.[/]");
    }

    private static string Head(FindingList list)
    {
        if (list.Checks.Count == 0)
            return "No build of the default branch has looked yet; the next one that ends begins the record.";
        var open = list.Counts.Where(static count => count.Open > 0).ToList();
        var words = open.Count == 0
            ? "[bold]Nothing open[/]"
            : $"[bold]{open.Sum(static count => count.Open)} open[/] ("
                + string.Join(", ", open.Select(static count => $"{count.Open} {Terminal.Safe(count.Severity)}")) + ")";
        var accepted = list.Counts.Sum(static count => count.Accepted);
        var alarms = list.Counts.Sum(static count => count.FalseAlarms);
        var wrong = alarms > 0 ? $"{alarms} false alarms, " : "";
        return $"{words}, {accepted} accepted, {wrong}{list.FixedLately} fixed in the last 30 days";
    }

    private static bool IsAccepted(string state) => state is "accepted" or "false-alarm";

    private static (string When, string Who) Titles(string state) => state switch
    {
        "fixed" => ("FIXED", "COMMIT"),
        "accepted" or "false-alarm" => ("UNTIL", "BY"),
        _ => ("SINCE", "COMMIT"),
    };

    private static Cell When(Terminal terminal, TrackedFinding finding, string state) => state switch
    {
        "fixed" => Words.Ago(terminal.Now, finding.Fixed?.At),
        "accepted" or "false-alarm" => finding.Accepted?.Until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "for good",
        _ => finding.Reopenings > 0
            ? new Cell($"{Words.Ago(terminal.Now, finding.Since)}, again", "yellow")
            : Words.Ago(terminal.Now, finding.Since),
    };

    private static string Who(TrackedFinding finding, string state)
    {
        if (IsAccepted(state)) return finding.Accepted?.By ?? "";
        var moment = state == "fixed" ? finding.Fixed : finding.Reopened ?? finding.Opened;
        var by = moment?.By is { } author ? $" {author}" : state != "fixed" && finding.WasThere ? " or before" : "";
        return Words.Short(moment?.Commit) + by;
    }

    private static Cell Severity(string severity) => severity switch
    {
        "critical" or "high" => new(severity, "red"),
        "medium" => new(severity, "yellow"),
        _ => new(severity, "dim"),
    };

    /// <summary>What is asked for.</summary>
    private sealed record Asked(string State, string[] Severities, string? Check, bool All);
}
