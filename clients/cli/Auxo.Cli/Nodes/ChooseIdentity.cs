using System.CommandLine;
using System.Text;

using Auxo.Cli.Instances;
using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes;

/// <summary><c>auxo node identity [user|own]</c>: with whose key Auxo writes to Radicle. It holds for the next write.</summary>
internal static class ChooseIdentity
{
    private const string Own = "own";
    private const string User = "user";

    public static Command Create(CliHost host)
    {
        var whose = new Argument<string?>("whose")
        {
            Description = "'user': the node's key; 'own': a key of Auxo's own; left out, what it is now",
            Arity = ArgumentArity.ZeroOrOne,
        };
        whose.AcceptOnlyFromAmong(User, Own);
        return new Command("identity", "Say with whose key Auxo writes comments, reviews and jobs") { whose }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(whose), ct));
    }

    private static async Task<int> RunAsync(Session session, string? whose, CancellationToken ct)
    {
        var (host, layout) = (session.Host, Instance.Layout(session.Host));
        if (RadicleHome.Find(host.Variable) is not RadicleHomeSearch.Found { Home: var node })
            throw new CliException(ExitCode.Negative, "There is no Radicle profile on this machine.", "Make one: rad auth");
        if (whose is not null && !Directory.Exists(layout.Home))
            throw new CliException(ExitCode.Negative, $"There is no Auxo in {layout.Home}.", "Start it once: ./auxo up --detach");
        if (whose == Own) await MakeAsync(layout, node, host, ct);
        if (whose is not null)
        {
            Directory.CreateDirectory(layout.RadicleProfile);
            await FreshFile.ReplaceAsync(layout.IdentityFile, Encoding.UTF8.GetBytes(whose + "\n"), ct);
        }

        var isOwn = layout.WritesWithOwnKey;
        var owner = await RadProgram.OwnerAsync(isOwn ? new RadicleHome(layout.RadicleProfile, node.Socket) : node, ct);
        Tell(session.Terminal, isOwn, owner);
        return ExitCode.Ok;
    }

    private static async Task MakeAsync(InstanceLayout layout, RadicleHome node, CliHost host, CancellationToken ct)
    {
        var turns = new RadTurns(new RadKeyAccess(null), host.Time) { SearchPath = host.Variable("PATH") };
        var (_, problem) = await OwnProfile.MakeAsync(layout.RadicleProfile, node, "auxo", turns, ct);
        if (problem is not null) throw new CliException(ExitCode.Negative, $"Auxo has no key of its own: {problem}.");
    }

    private static void Tell(Terminal terminal, bool isOwn, Did? owner)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new { identity = isOwn ? Own : User, did = owner?.Value });
            return;
        }

        var name = Terminal.Safe(owner?.Value ?? "no key yet: rad auth");
        if (isOwn)
        {
            terminal.Line($"Auxo writes with a key of its own: {name}");
            terminal.Line("  Nothing that you write is in its way, and its findings are reviews.");
            terminal.Line("  Clones with '--scope all' see it at once. Who has cloned with 'rad clone' and no scope sees it");
            terminal.Line("  when a delegate writes on the same patch, or at once after this, once on each machine:");
            terminal.Line($"    rad follow {owner?.Nid} --alias auxo");
            terminal.Line("  Back to the node's key: auxo node identity user");
            return;
        }

        terminal.Line($"Auxo writes with the node's key: {name}");
        terminal.Line("  Everybody who has the repository sees it, in your name.");
        terminal.Line("  With a key of its own nothing you write is in its way, but others have to follow it: auxo node identity own");
    }
}
