using System.CommandLine;

using Auxo.Cli.Instances;
using Auxo.Cli.Nodes.Health;
using Auxo.Cli.Nodes.Privacy;
using Auxo.Cli.Output;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes;

/// <summary>
/// <c>auxo node health</c>: the machine, the node, every service, every port, and whether private repositories are private. It works
/// without a running Auxo, and says then that there is none.
/// </summary>
internal static class ShowHealth
{
    public static Command Create(CliHost host)
    {
        var alert = new Option<bool>("--alert") { Description = "Print only what is not fine, and nothing when all is: for cron" };
        var meant = new Option<string?>("--meant-public")
        {
            Description = "Say that this repository, which was private, is public on purpose", HelpName = "RID",
        };
        return new Command("health", "Is this node well? Exit code 1 for a warning or anything critical") { alert, meant }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(alert), parsed.GetValue(meant), ct));
    }

    private static async Task<int> RunAsync(Session session, bool alert, string? meant, CancellationToken ct)
    {
        if (meant is not null) await MeantPublic.AddAsync(Instance.Layout(session.Host), meant, ct);
        var items = await LookAsync(session, ct);
        var worst = items.Max(static i => i.State);
        var shown = Shown(items, alert);
        if (shown.Count > 0)
        {
            if (session.Terminal.Json) session.Terminal.WriteJson(ToJson(shown, worst));
            else Write(session.Terminal, shown, worst);
        }

        return worst == HealthState.Fine ? ExitCode.Ok : ExitCode.Negative;
    }

    /// <summary>All, or for cron what is not fine: nothing of a healthy node.</summary>
    internal static IReadOnlyList<HealthItem> Shown(IReadOnlyList<HealthItem> items, bool alert)
        => alert ? [.. items.Where(static i => i.State != HealthState.Fine)] : items;

    private static async Task<IReadOnlyList<HealthItem>> LookAsync(Session session, CancellationToken ct)
    {
        var host = session.Host;
        var layout = Instance.Layout(host);
        var search = RadicleHome.Find(host.Variable);
        var home = (search as RadicleHomeSearch.Found)?.Home;
        // Measured before anything else begins, so that it does not measure this command.
        var machine = await ReadMachine.ReadAsync(
            home is null ? [("auxo", layout.Home)] : [("auxo", layout.Home), ("radicle", home.Path)], host.Time, ct);
        var instance = Find(session);
        var node = ReadNode.ReadAsync(search, host.Time, ct);
        var services = ReadServices.ReadAsync(session, instance, ct);
        var jobs = ReadServices.JobsAsync(session, instance, ct);
        var privacy = home is null
            ? Task.FromResult<IReadOnlyList<HealthItem>>([])
            : ReadPrivacy.LookAsync(host, home, await MeantPublic.ReadAsync(layout, ct), ct);
        await Task.WhenAll(node, services, jobs, privacy);
        return
        [
            .. HealthRules.Node((await node).Node), .. (await services).Services.Select(HealthRules.Service),
            .. (await node).Ports.Concat((await services).Ports).OrderBy(static p => p.Port).Select(HealthRules.Port),
            .. HealthRules.Machine(machine), .. await jobs is { } done ? [HealthRules.Jobs(done)] : Array.Empty<HealthItem>(),
            .. await privacy,
        ];
    }

    private static Instance? Find(Session session)
    {
        try
        {
            return session.Clients.Instance;
        }
        catch (CliException)
        {
            return null;
        }
    }

    private static object ToJson(IReadOnlyList<HealthItem> items, HealthState worst) => new
    {
        state = Word(worst),
        critical = items.Count(static i => i.State == HealthState.Critical),
        warnings = items.Count(static i => i.State == HealthState.Warning),
        items = items.Select(static i => new { i.Name, state = Word(i.State), i.Text, next = i.State == HealthState.Fine ? null : i.Next }),
    };

    private static void Write(Terminal terminal, IReadOnlyList<HealthItem> items, HealthState worst)
    {
        var columns = new Columns(2, "", "", "") { Wraps = true };
        foreach (var i in items)
        {
            columns.Add(Sign(i.State), i.Name, new Cell(i.Text, Colour(i.State)));
            if (i is { Next: { } next, State: not HealthState.Fine }) columns.Add("", "", new Cell("→ " + next, "bold"));
        }

        columns.Write(terminal);
        terminal.Line();
        var (critical, warnings) =
            (items.Count(static i => i.State == HealthState.Critical), items.Count(static i => i.State == HealthState.Warning));
        terminal.Line(worst == HealthState.Fine
            ? "[green]✓ fine[/]"
            : $"[{Colour(worst)}]{Sign(worst).Text} {critical} critical[/], "
                + $"{warnings} {(warnings == 1 ? "warning" : "warnings")}; the arrows say what to do");
    }

    private static string Word(HealthState state)
        => state switch { HealthState.Critical => "critical", HealthState.Warning => "warning", _ => "fine" };

    private static string? Colour(HealthState state)
        => state switch { HealthState.Critical => "red", HealthState.Warning => "yellow", _ => null };

    private static Cell Sign(HealthState state) => state switch
    {
        HealthState.Critical => new("✗", "red"), HealthState.Warning => new("!", "yellow"), _ => new("✓", "green"),
    };
}
