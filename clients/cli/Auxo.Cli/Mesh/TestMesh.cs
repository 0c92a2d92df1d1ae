using System.CommandLine;

using Auxo.Cli.Mesh.Testing;
using Auxo.Cli.Nodes;
using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh;

/// <summary>
/// <c>auxo mesh test</c>: a marker from each node that runs it, and how long it takes to each other node. Run on every
/// node at the same time it gives the whole matrix on each of them.
/// </summary>
internal static class TestMesh
{
    private const int MostSeconds = 600;

    public static Command Create(CliHost host)
    {
        var repository = new Option<string?>("--repo")
        {
            Description = "The repository; else that of this working copy", HelpName = "RID",
        };
        var wait = new Option<int>("--wait")
        {
            Description = "How many seconds to wait for the other nodes' markers",
            DefaultValueFactory = static _ => 20, HelpName = "SECONDS",
        };
        var alone = new Option<bool>("--alone")
        {
            Description = "Only this node's own marker: do not wait for those of the others",
        };
        return new Command("test",
            "Does what one node pushes reach every other? Run it on all nodes at the same time; exit code 1 if not")
        {
            repository, wait, alone,
        }.Does(host, async (parsed, session, ct) =>
        {
            var seconds = parsed.GetValue(wait);
            if (seconds is < 1 or > MostSeconds) throw new CliException(
                ExitCode.Usage, $"--wait is a number from 1 to {MostSeconds}.");
            var (home, own) = await RadicleCopy.ProfileAsync(host, ct);
            var rid = await FixNode.RepositoryAsync(host, parsed.GetValue(repository), ct) ?? throw new CliException(
                ExitCode.Usage, "In which repository?",
                "Name it: --repo RID ('rad ls' shows them), or begin in a working copy.");
            var scene = new FixScene(host, home, own, "0.0.0.0:8776", rid);
            if (await scene.IdentityAsync(ct) is null) throw new CliException(
                ExitCode.Negative, $"{rid} is not here.",
                $"Let your node get it: auxo node fix --repo {rid} --peer NID@HOST:8776");
            try
            {
                var table = await new MarkerRun(scene, rid, await home.AliasAsync(ct) ?? "")
                    .RunAsync(TimeSpan.FromSeconds(seconds), parsed.GetValue(alone), ct);
                return Write(session.Terminal, table, rid.Value, own.Nid);
            }
            catch (NodeException e)
            {
                throw new CliException(ExitCode.Negative, e.Message, "auxo node fix", e);
            }
        });
    }

    private static int Write(Terminal terminal, MarkerTable table, string rid, string own)
    {
        var nodes = table.Nodes;
        var missing = nodes.SelectMany(f => nodes.Where(t => table.IsMissing(f, t)).Select(t => (From: f, To: t)))
            .ToList();
        var isWell = missing.Count == 0 && nodes.Count > 1;
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                isWell, isWhole = table.IsWhole, rid, own,
                nodes = nodes.Select(n => new { node = n, alias = table.AliasOf(n), wrote = table.HasWritten(n) }),
                ways = nodes.SelectMany(f => nodes.Select(t => f == t ? null : table.Way(f, t))).OfType<MarkerWay>(),
                missing = missing.Select(static m => new { m.From, m.To }),
            });
            return isWell ? ExitCode.Ok : ExitCode.Negative;
        }

        string Name(string node) => table.AliasOf(node) is { Length: > 0 } alias ? alias
            : Words.ShortDid("did:key:" + node);
        var columns = new Columns(0, ["from \\ to", .. nodes.Select(Name)]);
        foreach (var from in nodes)
            columns.Add([new Cell(Name(from) + (from == own ? " (this node)" : ""), "bold"),
                .. nodes.Select(to => Of(table, from, to))]);
        columns.Write(terminal);
        terminal.Line();
        foreach (var (from, to) in missing) terminal.Line(
            $"[red]✗[/] {Terminal.Safe(Name(to))} has not got what {Terminal.Safe(Name(from))} wrote: [bold]"
                + Terminal.Safe($"{(from == own ? "" : "there: ")}auxo node diagnose --peer {to} --repo {rid}")
                + "[/]");
        var silent = nodes.Where(n => !table.HasWritten(n)).Select(Name).ToList();
        if (nodes.Count == 1) terminal.Line(
            "[red]✗ no connected node has this repository[/]" + Terminal.Escape(": ")
                + Terminal.Safe($"auxo node diagnose --repo {rid}"));
        else if (isWell) terminal.Line("[green]✓ every marker has arrived[/]" + (nodes.Any(f => nodes.Any(
            t => f != t && table.Way(f, t) is { IsOneClock: false })) ? "; ~ is by the clocks of two machines" : ""));
        if (silent.Count > 0) terminal.Line(
            $"  not measured: from {Terminal.Safe(string.Join(", ", silent))}. Run it there at the same time"
                + Terminal.Escape(": ") + Terminal.Safe($"auxo mesh test --repo {rid}"));
        return isWell ? ExitCode.Ok : ExitCode.Negative;
    }

    private static Cell Of(MarkerTable table, string from, string to) => (from == to, table.Way(from, to)) switch
    {
        (true, _) => new("·", "dim"),
        (_, { Seconds: null }) => new("✓ ~", "green"),
        (_, { } way) => new((way.IsOneClock ? "" : "~") + Duration.Of(way.Seconds), "green"),
        _ => table.IsMissing(from, to) ? new("✗", "red") : new("-", "dim"),
    };
}
