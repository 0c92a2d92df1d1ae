using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify routes [set|remove]</c>: who gets which notification.</summary>
internal static class RoutesCommand
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name")
        {
            Description = "Lower-case letters, digits and dashes; routes are looked at in the order of their names",
        };
        var to = new Option<string[]>("--to")
        {
            Description = "A channel, a person as @name, or @author, @owners, @everyone (may be repeated)", Required = true,
        };
        var digest = new Option<bool>("--digest") { Description = "People get it in their digests only" };
        var on = new Option<string[]>("--on")
        {
            Description = "What about: build.failed, build.*, patch.opened, alert.*, note.* … (may be repeated; everything by default)",
            DefaultValueFactory = static _ => [],
        };
        var repositories = new Option<string[]>("--repo")
        {
            Description = "Only this repository: its id or name, * for any run of characters (may be repeated)",
            DefaultValueFactory = static _ => [],
        };
        var level = new Option<string?>("--min-level") { Description = "info, warning or critical" };
        level.AcceptOnlyFromAmong("info", "warning", "critical");
        var branches = Some("--branch", "Only what was built of this branch, * for any run of characters (may be repeated)");
        var authors = Some("--author", "Only what this person did: a key, or a name (may be repeated)");
        var owners = Some("--owner", "Only changes of files of this owner, as CODEOWNERS names it (may be repeated)");
        var changes = Some("--change", "Only a build that is one of broke, fixed, still_failing (may be repeated)");
        var hours = Some("--hours", "Only then, such as 'mon-fri 08:00-18:00 Europe/Berlin'; without a zone UTC (may be repeated)");
        var last = new Option<bool>("--last") { Description = "Where it speaks, no route after it is asked" };
        var removed = new Argument<string>("name") { Description = "The route" };
        return new Command("routes", "Show who gets which notification")
        {
            new Command("set", "Make a route, or replace it") 
            {
                name, to, on, repositories, level, branches, authors, owners, changes, hours, last, digest,
            }.Does(
                host, (parsed, session, ct) => SetAsync(
                session, parsed.GetRequiredValue(name), new RouteRequest(parsed.GetValue(on),
                    parsed.GetValue(repositories), parsed.GetValue(level),
                    [.. parsed.GetRequiredValue(to).Where(static t => !t.StartsWith('@'))],
                    parsed.GetValue(branches), parsed.GetValue(authors), parsed.GetValue(owners), parsed.GetValue(changes),
                    parsed.GetValue(hours), parsed.GetValue(last),
                    [.. parsed.GetRequiredValue(to).Where(static t => t.StartsWith('@')).Select(static t => t[1..])],
                    parsed.GetValue(digest)), ct)),
            new Command("remove", "Remove a route; what it has planned is still delivered") { removed }.Does(
                host, (parsed, session, ct) => RemoveAsync(session, parsed.GetRequiredValue(removed), ct)),
        }.Does(host, static (_, session, ct) => ListAsync(session, ct));
    }

    private static Option<string[]> Some(string name, string description)
        => new(name) { Description = description, DefaultValueFactory = static _ => [] };

    private static async Task<int> ListAsync(Session session, CancellationToken ct)
    {
        var page = await session.Clients.Notify.RoutesAsync(ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("No route yet, so nothing is sent. Such as: auxo notify routes set broken --on build.failed --to team");
            return ExitCode.Ok;
        }

        Show(terminal, page.Items);
        return ExitCode.Ok;
    }

    private static async Task<int> SetAsync(Session session, string name, RouteRequest request, CancellationToken ct)
    {
        var route = await session.Clients.Notify.ConfigureAsync(name, request, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(route);
        else Show(session.Terminal, [route]);
        return ExitCode.Ok;
    }

    private static async Task<int> RemoveAsync(Session session, string name, CancellationToken ct)
    {
        await session.Clients.Notify.RemoveRouteAsync(name, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = name });
        else session.Terminal.Line($"{Terminal.Safe(name)} is gone.");
        return ExitCode.Ok;
    }

    internal static void Show(Terminal terminal, IReadOnlyList<NotifyRoute> routes)
    {
        var columns = new Columns(1, "ROUTE", "ON", "REPOSITORY", "FROM LEVEL", "TO") { Wraps = true };
        foreach (var route in routes)
            columns.Add(new Cell(route.Name, "bold"), string.Join(' ', route.On), route.Repositories.Count == 0
                ? "all"
                : string.Join(' ', route.Repositories), route.MinLevel, string.Join(' ', route.To));
        columns.Write(terminal);
        foreach (var route in routes.Where(static r => r.Asks.Length > 0 || r.Last || r.Digest))
            terminal.Line(
                $"  [bold]{Terminal.Safe(route.Name)}[/] {Terminal.Safe(string.Join("; ", (string[])
                [
                    .. route.Asks.Length > 0 ? new[] { "only where " + route.Asks } : [],
                    .. route.Digest ? new[] { "in digests only" } : [],
                    .. route.Last ? new[] { "no route after it is asked where it speaks" } : [],
                ]))}");
    }
}
