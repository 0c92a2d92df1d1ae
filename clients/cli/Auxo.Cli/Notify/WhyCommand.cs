using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify why TYPE</c>: who would hear of something, by which route, and why the other routes say nothing.</summary>
internal static class WhyCommand
{
    public static Command Create(CliHost host)
    {
        var type = new Argument<string>("type") { Description = "What happens, such as build.failed or alert.raised" };
        var repository = Text("--repo", "In this repository: its id or name");
        var level = Text("--level", "How much it matters: info, warning or critical; by default as usual");
        level.AcceptOnlyFromAmong("info", "warning", "critical");
        var branch = Text("--branch", "A build of this branch");
        var author = Text("--author", "Done by this person: a key, or a name");
        var owner = Text("--owner", "A change of files of this owner");
        var change = Text("--change", "A build that is broke, fixed or still_failing");
        change.AcceptOnlyFromAmong("broke", "fixed", "still_failing");
        var at = new Option<DateTimeOffset?>("--at") { Description = "At this time, such as 2026-12-24T23:00+01:00; by default now" };
        return new Command("why", "Show who would hear of something, by which route, and why the other routes say nothing")
        {
            type, repository, level, branch, author, owner, change, at,
        }.Does(host, async (parsed, session, ct) =>
        {
            var (rid, name) = await NamedAsync(session, parsed.GetValue(repository), ct);
            return Show(session.Terminal, await session.Clients.Notify.RecipientsAsync(
                parsed.GetRequiredValue(type), rid, name, ct, parsed.GetValue(level), parsed.GetValue(branch), parsed.GetValue(author),
                parsed.GetValue(owner), parsed.GetValue(change), parsed.GetValue(at)));
        });
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static async Task<(string? Rid, string? Name)> NamedAsync(Session session, string? text, CancellationToken ct)
    {
        if (text is null) return (null, null);
        var found = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct);
        return (found.Rid, found.Name);
    }

    private static int Show(Terminal terminal, Recipients recipients)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(recipients);
            return ExitCode.Ok;
        }

        terminal.Line($"{Terminal.Safe(recipients.Type)} ({Terminal.Safe(recipients.Level)})");
        foreach (var heard in recipients.Deliveries)
        {
            var mark = heard.Refusal is null ? "[green]✓[/]" : "[red]✗[/]";
            terminal.Line(
                $"  {mark} [bold]{Terminal.Safe(heard.Channel)}[/] by {Terminal.Safe(heard.Route)}: "
                    + Terminal.Safe(heard.Refusal ?? heard.Why));
        }

        foreach (var person in (recipients.People ?? []).Where(static p => p.Why is not null))
            terminal.Line(
                $"  [cyan]@{Terminal.Safe(person.Person)}[/] by {Terminal.Safe(person.Route)}: {Said(person.How)}, "
                    + Terminal.Safe(person.Why));
        foreach (var silent in recipients.Silent)
            terminal.Line($"  [dim]· {Terminal.Safe(silent.Route)} says nothing: {Terminal.Safe(silent.Why)}[/]");
        var anybody = recipients.Deliveries.Count > 0 || recipients.People?.Any(static p => p.How == "in_digest") is true;
        if (!anybody) terminal.Line("[yellow]Nobody would hear of it.[/]");
        return anybody ? ExitCode.Ok : ExitCode.Negative;
    }

    private static string Said(string how) => how switch
    {
        "at_once" => "at once", "after_quiet_hours" => "after her quiet hours", "in_digest" => "in her digest", _ => "not told",
    };
}
