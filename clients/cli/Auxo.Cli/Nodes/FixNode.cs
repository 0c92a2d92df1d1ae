using System.CommandLine;

using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Output;
using Auxo.Cli.Patches;
using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes;

/// <summary>
/// <c>auxo node fix</c>: six steps from "nothing arrives" to a push that has arrived. Each is looked at, said, asked, done, and looked at
/// again.
/// </summary>
internal static class FixNode
{
    /// <summary>After so long without a word it is said that something is waited for.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    public static Command Create(CliHost host)
    {
        var peer = new Option<string?>("--peer")
        {
            Description = "Who should be connected; else whom the node's settings name", HelpName = "NID@HOST:PORT",
        };
        var repository = new Option<string?>("--repo") { Description = "The repository; else that of this working copy", HelpName = "RID" };
        var listen = Listen();
        var dry = new Option<bool>("--dry-run") { Description = "Say what would be done, and change nothing" };
        var yes = Confirmation.Option();
        return new Command("fix", "Mend what keeps this node from its peers: six steps, each said before it is done, with what undoes it")
        {
            peer, repository, listen, dry, yes,
        }.Does(host, async (parsed, session, ct) =>
        {
            var (home, own) = await RadicleCopy.ProfileAsync(host, ct);
            var scene = new FixScene(
                host, home, own, Address(parsed.GetValue(listen)!), await RepositoryAsync(host, parsed.GetValue(repository), ct))
            {
                NamedPeer = Peer(parsed.GetValue(peer)),
            };
            return await RunAsync(session, scene, parsed.GetValue(dry), parsed.GetValue(yes), ct);
        });
    }

    private static async Task<int> RunAsync(Session session, FixScene scene, bool dry, bool yes, CancellationToken ct)
    {
        var branch = "auxo-test-" + Guid.NewGuid().ToString("N")[..8];
        FixStep[] steps =
        [
            MachineSteps.Vpn(scene), MachineSteps.Node(scene), MachineSteps.Peer(scene),
            RepositorySteps.Allowed(scene), RepositorySteps.Seeding(scene), RepositorySteps.Push(scene, branch),
        ];
        var outcomes = new List<object>();
        var isWell = true;
        foreach (var (number, step) in steps.Index())
        {
            var title = $"[bold]{number + 1}  {step.Name}[/]";
            var look = await PatientAsync(session, title, step.Look(ct));
            session.Terminal.Say($"{title}  {Sign(look.State)} {Terminal.Safe(look.Text)}");
            if (look.Does is { } does) session.Terminal.Say(
                $"   {(look.State == FixState.Needed ? dry ? "would do" : "does" : "needs")}  [bold]{Terminal.Safe(does)}[/]");
            if (look is { State: FixState.Needed, Undo: { } undo }) session.Terminal.Say($"   undo  {Terminal.Safe(undo)}");
            var wasDone = look.State == FixState.Needed && !dry && await AgreesAsync(session, yes);
            if (wasDone)
            {
                scene.IsMending = true;
                look = await PatientAsync(session, title, MendAsync(step, ct));
                scene.IsMending = false;
                session.Terminal.Say(look.State == FixState.Fine
                    ? $"   [green]✓[/] {Terminal.Safe(look.Text)}"
                    : $"   [red]✗ it did not help[/]{Terminal.Escape(": ")}{Terminal.Safe(look.Text)}");
            }

            isWell &= look.State is FixState.Fine or FixState.Skipped;
            outcomes.Add(new { step = number + 1, name = step.Name, state = Word(look.State, wasDone), look.Text, look.Does, look.Undo });
        }

        if (session.Terminal.Json) session.Terminal.WriteJson(new { isWell, dryRun = dry, steps = outcomes });
        else session.Terminal.Line(isWell
            ? "[green]✓ this node and its peer reach each other[/]"
            : dry ? "Nothing was changed." : "[yellow]! something is left to do[/]");
        return isWell ? ExitCode.Ok : ExitCode.Negative;
    }

    /// <summary>Nobody should look at a screen on which nothing happens.</summary>
    private static async Task<FixLook> PatientAsync(Session session, string title, Task<FixLook> look)
    {
        using var done = new CancellationTokenSource();
        var quiet = Task.Delay(Quiet, session.Host.Time, done.Token);
        if (await Task.WhenAny(look, quiet) == quiet) session.Terminal.Say($"{title}  [dim]waits for an answer …[/]");
        await done.CancelAsync();
        return await look;
    }

    private static async Task<FixLook> MendAsync(FixStep step, CancellationToken ct)
    {
        string? problem = null;
        try
        {
            await step.Mend(ct);
        }
        catch (Exception e) when (e is CliException or NodeException)
        {
            problem = e.Message;
        }

        var look = await step.Look(ct);
        return problem is null || look.State == FixState.Fine ? look : look with { Text = $"{look.Text}. {problem}" };
    }

    /// <summary>A no leaves this step as it is; the others go on.</summary>
    private static async Task<bool> AgreesAsync(Session session, bool yes)
    {
        try
        {
            await Confirmation.AskAsync(session, "Do it", yes);
            return true;
        }
        catch (CliException e) when (e.Code == ExitCode.Negative)
        {
            return false;
        }
    }

    /// <summary>The one that is named, else that of the working copy; null for neither.</summary>
    /// <exception cref="CliException">What is named is no id.</exception>
    internal static async Task<Rid?> RepositoryAsync(CliHost host, string? named, CancellationToken ct)
    {
        if (named is not null) return Rid.TryParse(named, provider: null, out var rid) ? rid : throw new CliException(
            ExitCode.Usage, $"'{named}' is no repository's id.",
            "It looks like rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5; 'rad ls' shows them.");
        try
        {
            return (await UserCopy.FindAsync(new UserPrograms(host), host.WorkingFolder, ct)).Rid;
        }
        catch (CliException)
        {
            return null;
        }
    }

    /// <exception cref="CliException">It is no peer's address.</exception>
    internal static string? Peer(string? peer)
        => peer is null || (FixScene.NidOf(peer) is not null && peer.IndexOf('@') > 0 && Health.ReadNode.PortOf(peer) is not null)
            ? peer
            : throw new CliException(
                ExitCode.Usage, $"'{peer}' is no peer's address.",
                "It looks like z6Mk…@host.example.org:8776; on the peer: rad node config --addresses");

    /// <summary>Where the node should listen.</summary>
    internal static Option<string> Listen() => new("--listen")
    {
        Description = "Where the node should listen", DefaultValueFactory = static _ => "0.0.0.0:8776", HelpName = "ADDRESS:PORT",
    };

    /// <exception cref="CliException">It is no address to listen on.</exception>
    internal static string Address(string address)
        => Health.ReadNode.PortOf(address) is not null && address.LastIndexOf(':') > 0
            ? address
            : throw new CliException(ExitCode.Usage, $"'{address}' is no address to listen on.", "It looks like 0.0.0.0:8776.");

    private static string Sign(FixState state) => state switch
    {
        FixState.Fine => "[green]✓[/]", FixState.Needed => "[yellow]![/]", FixState.Blocked => "[red]✗[/]", _ => "-",
    };

    private static string Word(FixState state, bool wasDone) => state switch
    {
        FixState.Fine => wasDone ? "mended" : "fine", FixState.Needed => wasDone ? "failed" : "needed",
        FixState.Blocked => "blocked", _ => "skipped",
    };
}
