using System.CommandLine;

using Auxo.Cli.Mesh.Agents;
using Auxo.Cli.Mesh.Joining;
using Auxo.Cli.Nodes;
using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.Mesh;

/// <summary>
/// <c>auxo mesh join</c>: from a machine with the programs to one that has every repository, checks before each commit
/// and is known to push. Repeatable: what is there is left as it is, so what was cut is carried on by calling it again.
/// </summary>
internal static class JoinMesh
{
    private const int MostMinutes = 24 * 60;

    public static Command Create(CliHost host)
    {
        var peer = new Option<string?>("--peer")
        {
            Description = "A node of the mesh to begin with; else one of the settings, or one that Auxo knows",
            HelpName = "NID@HOST:PORT",
        };
        var repository = new Option<string[]>("--repo")
        {
            Description = "A repository to have here; may be given several times", HelpName = "RID",
            DefaultValueFactory = static _ => [],
        };
        var tracked = new Option<bool>("--tracked")
        {
            Description = "Have every repository here that Auxo tracks (AUXO_URL and AUXO_TOKEN say where it is)",
        };
        var url = new Option<string?>("--url")
        {
            Description = "Where this node shall report, as 'auxo agent token' says", HelpName = "http://HOST:9100",
        };
        var token = new Option<string?>("--token") { Description = "The token for it; '-' reads it from standard input" };
        var alias = new Option<string?>("--alias") { Description = "The name of a new key: 1 to 32 bytes, no spaces" };
        var into = new Option<string?>("--into")
        {
            Description = "The folder for working copies; else this one", HelpName = "FOLDER",
        };
        var listen = FixNode.Listen();
        var wait = new Option<int>("--wait")
        {
            Description = "How many minutes to wait for a delegate who allows this node",
            DefaultValueFactory = static _ => 30, HelpName = "MINUTES",
        };
        return new Command(
            "join", "Make this new machine part of the mesh: key, VPN, node, repositories, hooks; carries on when called again")
        {
            peer, repository, tracked, url, token, alias, into, listen, wait,
        }.Does(host, async (parsed, session, ct) =>
        {
            var minutes = parsed.GetValue(wait);
            if (minutes is < 0 or > MostMinutes)
                throw new CliException(ExitCode.Usage, $"--wait is a number from 0 to {MostMinutes}.");
            var wish = new JoinWish(
                FixNode.Address(parsed.GetValue(listen)!), SetUpNode.Alias(parsed.GetValue(alias)),
                FixNode.Peer(parsed.GetValue(peer)), Agent(host, parsed.GetValue(url), parsed.GetValue(token)),
                Path.GetFullPath(parsed.GetValue(into) ?? ".", host.WorkingFolder), TimeSpan.FromMinutes(minutes));
            var wanted = await WantedRepositories.ReadAsync(
                session, parsed.GetValue(repository)!, parsed.GetValue(tracked), ct);
            var setup = new SetupScene(host, SetUpNode.Home(host), Dry: false);
            return await RunAsync(session.Terminal, new JoinScene(host, setup, wish), wanted, ct);
        });
    }

    private static AgentFile? Agent(CliHost host, string? url, string? token) => (url, token) switch
    {
        (null, null) => null,
        ({ } at, { } text) => JoinAgent.Read(host, at, text),
        _ => throw new CliException(
            ExitCode.Usage, "--url and --token belong together.", "'auxo agent token NAME' on the main machine prints both."),
    };

    private static async Task<int> RunAsync(
        Terminal terminal, JoinScene scene, IReadOnlyList<Rid> wanted, CancellationToken ct)
    {
        var began = terminal.Time.GetTimestamp();
        var steps = new List<(SetupStep Step, double Seconds)>();
        foreach (var step in Steps(scene, wanted))
        {
            var start = terminal.Time.GetTimestamp();
            var result = await step(ct);
            var seconds = terminal.Time.GetElapsedTime(start).TotalSeconds;
            steps.Add((result, seconds));
            terminal.Say($"{SetUpNode.Sign(result.State)} {Duration.Of(seconds),7}  [bold]{Terminal.Safe(result.Name)}[/]  "
                + Terminal.Safe(result.Text));
            foreach (var line in result.Lines) terminal.Say("             " + Terminal.Safe(line));
            // What comes after needs what came before; but nothing needs that the node reports.
            if (result.State == "failed" && result.Name != JoinScene.Agent) break;
        }

        var isDone = steps.TrueForAll(static s => s.Step.State != "failed");
        var whole = terminal.Time.GetElapsedTime(began).TotalSeconds;
        if (terminal.Json) terminal.WriteJson(new
        {
            isDone, seconds = whole,
            steps = steps.Select(static s => new { s.Step.Name, s.Step.State, s.Step.Text, s.Step.Lines, s.Seconds }),
        });
        else terminal.Line(isDone
            ? $"[green]✓ this machine is part of the mesh[/], after {Duration.Of(whole)}"
                + (wanted.Count == 0 ? Terminal.Escape("; no repository was named: auxo mesh join --repo RID") : "")
            : $"[red]✗ not yet[/], after {Duration.Of(whole)}"
                + Terminal.Escape("; mend that, then call it again: it carries on"));
        return isDone ? ExitCode.Ok : ExitCode.Negative;
    }

    private static IEnumerable<Func<CancellationToken, Task<SetupStep>>> Steps(JoinScene scene, IReadOnlyList<Rid> wanted)
    {
        yield return scene.Setup.ProgramsAsync;
        yield return ct => scene.Setup.IdentityAsync(scene.Wish.Alias, ct);
        yield return ct => scene.FixAsync(MachineSteps.Vpn, rid: null, ct);
        yield return ct => scene.Setup.ListenAsync(scene.Wish.Listen, ct);
        yield return ct => scene.Setup.FirewallAsync(scene.Wish.Listen, mesh: null, ct);
        yield return ct => scene.FixAsync(MachineSteps.Node, rid: null, ct);
        yield return ct => scene.Setup.KeepAliveAsync(OperatingSystem.IsMacOS(), ct);
        yield return scene.AgentAsync;
        yield return scene.DialledAsync;
        yield return ct => scene.FixAsync(MachineSteps.Peer, rid: null, ct);
        foreach (var rid in wanted)
        {
            yield return ct => scene.FetchAsync(rid, ct);
            yield return ct => scene.CloneAsync(rid, ct);
            yield return ct => scene.HooksAsync(rid, ct);
        }

        if (wanted is [var first, ..])
            yield return ct => scene.FixAsync(
                s => RepositorySteps.Push(s, "auxo-test-" + Guid.NewGuid().ToString("N")[..8]), first, ct);
    }
}
