using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo backfill REPOSITORY</c></summary>
internal static class BackfillRepository
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var since = new Option<DateOnly?>("--since") { Description = "Nothing that landed before this day (UTC), such as 2026-01-31" };
        var notLive = new Option<bool>("--no-deployments")
        {
            Description = "Do not count each head of the default branch as deployed when it landed",
        };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what there is" };
        return new Command("backfill", "Count what happened before a repository was followed, from its commits and patches")
            { repository, since, notLive, dry }.Does(host, async (parsed, session, ct) =>
        {
            var ingest = session.Clients.Ingest;
            var found = await RepositoryArgument.ResolveAsync(ingest, parsed.GetRequiredValue(repository), ct);
            DateTimeOffset? from = parsed.GetValue(since) is { } day ? new(day, TimeOnly.MinValue, TimeSpan.Zero) : null;
            var answer = await ingest.BackfillAsync(
                found.Rid, new BackfillRequest(from, !parsed.GetValue(notLive), parsed.GetValue(dry)), isLong: true, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(answer);
            else Show(session.Terminal, found.Name, answer);
            return ExitCode.Ok;
        });
    }

    private static void Show(Terminal terminal, string name, Backfilled past)
    {
        if (past is not { From: { } from, To: { } to })
        {
            terminal.Line($"{Terminal.Safe(name)} has no past to count: nothing landed before it was followed.");
            return;
        }

        terminal.Line($"{(past.Told ? "[green]✓[/] " : "")}[bold]{Terminal.Safe(name)}[/] from {Day(from)} to {Day(to)}: "
            + $"{past.Heads} heads of the default branch, {past.Patches} patches, {past.Merges} of them merged.");
        terminal.Line(past.Told ? $"  [dim]Counted in a while: auxo metrics dora {Terminal.Safe(name)} --days 365[/]"
            : "  [dim]Nothing was told; without --dry-run it is.[/]");
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
