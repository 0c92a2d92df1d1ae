using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Outbox;

/// <summary><c>auxo outbox</c>: the comments that Auxo owes to patches. None is ever thrown away in silence.</summary>
internal static class OutboxCommand
{
    public static Command Create(CliHost host)
    {
        var all = new Option<bool>("--all") { Description = "Also what is posted already" };
        return new Command("outbox", "Show patch comments that wait, and why") { all }.Does(
            host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(all), ct));
    }

    private static async Task<int> RunAsync(Session session, bool all, CancellationToken ct)
    {
        var entries = (await session.Clients.Ingest.OutboxAsync(ct)).Items.Where(e => all || e.State != "posted").ToList();
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(new Page<OutboxEntry>(entries, Next: null));
            return ExitCode.Ok;
        }

        if (entries.Count == 0)
        {
            terminal.Line(all ? "No comment was ever due." : "No comment waits.");
            return ExitCode.Ok;
        }

        var columns = new Columns(4, "STATE", "PATCH", "BUILD", "SINCE", "WHY") { Wraps = true };
        foreach (var entry in entries)
        {
            var style = entry.State switch { "posted" => "green", "dropped" => "red", _ => "yellow" };
            var why = entry.Attempts > 1 ? $"{entry.Reason} ({entry.Attempts} attempts)" : entry.Reason;
            columns.Add(new Cell(entry.State, style), Words.Short(entry.PatchId), Words.Short(entry.BuildId),
                Words.Ago(terminal.Now, entry.UpdatedAt), why);
        }

        columns.Write(terminal);
        return ExitCode.Ok;
    }
}
