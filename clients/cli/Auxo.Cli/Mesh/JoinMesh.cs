using System.CommandLine;

using Auxo.Cli.Mesh.Joining;
using Auxo.Cli.Nodes;
using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.Mesh;

/// <summary>
/// <c>auxo mesh join</c>: from a machine with the programs to one that has every repository, checks before each commit
/// and is known to
/// push. Repeatable: what is there is left as it is, so what was cut is carried on by calling it again.
/// </summary>
internal static class JoinMesh
{
    private const int MostMinutes = 24 * 60;

    public static Command Create(CliHost host)
    {
        var peer = new Option<string?>("--peer") { Description =
            "A node of the mesh to begin with; else one of the settings", HelpName = "NID@HOST:PORT" };
        var repository = new Option<string[]>("--repo")
        {
            Description = "A repository to have here; may be given several times", HelpName = "RID",
                DefaultValueFactory = static _ => [],
        };
        var url = new Option<string?>("--url") { Description = "An Auxo whose tracked repositories to have here too",
            HelpName = "http://HOST:15000" };
        var token = new Option<string?>("--token") { Description = "A token for it; '-' reads it from standard input" };
        var alias = new Option<string?>("--alias") { Description = "The name of a new key: 1 to 32 bytes, no spaces" };
        var into = new Option<string?>("--into") { Description = "The folder for working copies; else this one",
            HelpName = "FOLDER" };
        var listen = FixNode.Listen();
        var wait = new Option<int>("--wait")
        {
            Description = "How many minutes to wait for a delegate who allows this node",
                DefaultValueFactory = static _ => 30, HelpName = "MINUTES",
        };
        return new Command("join",
            "Make this new machine part of the mesh: key, VPN, node, repositories, hooks, a test; carries on when called again")
        {
            peer, repository, url, token, alias, into, listen, wait,
        }.Does(host, async (parsed, session, ct) =>
        {
            var minutes = parsed.GetValue(wait);
            if (minutes is < 0 or > MostMinutes) throw new CliException(ExitCode.Usage,
                $"--wait is a number from 0 to {MostMinutes}.");
            var wish = new JoinWish(
                FixNode.Address(parsed.GetValue(listen)!), SetUpNode.Alias(parsed.GetValue(alias)),
                    FixNode.Peer(parsed.GetValue(peer)),
                Path.GetFullPath(parsed.GetValue(into) ?? ".", host.WorkingFolder), TimeSpan.FromMinutes(minutes));
            var secret = parsed.GetValue(token) is "-" ? (await host.StandardInput.ReadLineAsync(ct))?.Trim()
                : parsed.GetValue(token);
            var wanted = await WantedRepositories.ReadAsync(parsed.GetValue(repository)!, parsed.GetValue(url), secret,
                ct);
            return await RunAsync(session,
                new JoinScene(session, new SetupScene(host, SetUpNode.Home(host), Dry: false), wish), wanted, ct);
        });
    }

    private static async Task<int> RunAsync(Session session, JoinScene scene, IReadOnlyList<Rid> wanted,
        CancellationToken ct)
    {
        var time = session.Host.Time;
        var began = time.GetTimestamp();
        var steps = new List<(SetupStep Step, double Seconds)>();
        foreach (var step in Steps(scene, wanted))
        {
            var start = time.GetTimestamp();
            var result = await step(ct);
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            steps.Add((result, seconds));
            session.Terminal.Say(
                $"{SetUpNode.Sign(result.State)} {Duration.Of(seconds),7}  [bold]{Terminal.Safe(result.Name)}[/]  {Terminal.Safe(result.Text)}");
            foreach (var line in result.Lines) session.Terminal.Say("             " + Terminal.Safe(line));
            // What comes after needs what came before.
            if (result.State == "failed") break;
        }

        var isDone = steps.TrueForAll(static s => s.Step.State != "failed");
        var whole = time.GetElapsedTime(began).TotalSeconds;
        if (session.Terminal.Json) session.Terminal.WriteJson(new
        {
            isDone, seconds = whole,
            steps = steps.Select(static s => new { s.Step.Name, s.Step.State, s.Step.Text, s.Step.Lines, s.Seconds }),
        });
        else session.Terminal.Line(isDone
            ? $"[green]✓ this machine is part of the mesh[/], after {Duration.Of(whole)}"
                + (wanted.Count == 0 ? Terminal.Escape("; no repository was named: auxo mesh join --repo RID") : "")
            : $"[red]✗ not yet[/], after {Duration.Of(whole)}"
            + Terminal.Escape("; mend that, then call it again: it carries on"));
        return isDone ? ExitCode.Ok : ExitCode.Negative;
    }

    private static IEnumerable<Func<CancellationToken,
        Task<SetupStep>>> Steps(JoinScene scene, IReadOnlyList<Rid> wanted)
    {
        yield return _ => Task.FromResult(scene.Setup.Programs());
        yield return ct => scene.Setup.IdentityAsync(scene.Wish.Alias, ct);
        yield return ct => scene.FixAsync(MachineSteps.Vpn, rid: null, ct);
        yield return ct => scene.Setup.ListenAsync(scene.Wish.Listen, ct);
        yield return _ => Task.FromResult(scene.Setup.Firewall(scene.Wish.Listen, mesh: null));
        yield return scene.DialledAsync;
        yield return ct => scene.FixAsync(MachineSteps.Node, rid: null, ct);
        yield return ct => scene.Setup.KeepAliveAsync(OperatingSystem.IsMacOS(), ct);
        yield return ct => scene.FixAsync(MachineSteps.Peer, rid: null, ct);
        foreach (var rid in wanted)
        {
            yield return ct => scene.FetchAsync(rid, ct);
            yield return ct => scene.CloneAsync(rid, ct);
            yield return ct => scene.HooksAsync(rid, ct);
        }

        if (wanted is [var first, ..])
            yield return ct => scene.FixAsync(s =>
                RepositorySteps.Push(s, "auxo-test-" + Guid.NewGuid().ToString("N")[..8]), first, ct);
    }
}
