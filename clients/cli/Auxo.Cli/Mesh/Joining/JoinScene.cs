using Auxo.Cli.Hooks;
using Auxo.Cli.Instances;
using Auxo.Cli.Mesh.Agents;
using Auxo.Cli.Nodes.Diagnosing;
using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh.Joining;

/// <summary>What a new machine is to become part of.</summary>
/// <param name="Listen">Where its node shall listen.</param>
/// <param name="Alias">The name of a new key; null where there must be one.</param>
/// <param name="Peer">The node beside which it begins, <c>NID@host:port</c>; null: one of the settings.</param>
/// <param name="Agent">Where this node shall report, and its token; null: where it does, if anywhere.</param>
/// <param name="Into">The folder for working copies.</param>
/// <param name="Wait">How long to wait for a delegate.</param>
internal sealed record JoinWish(
    string Listen, string? Alias, string? Peer, AgentFile? Agent, string Into, TimeSpan Wait);

/// <summary>
/// The steps of joining. Each looks first and does only what is missing, so what was cut is carried on by doing the
/// whole again. The parts of <c>auxo node setup</c> and <c>auxo node fix</c> are the same code here.
/// </summary>
/// <param name="host">The surroundings.</param>
/// <param name="setup">The machine.</param>
/// <param name="wish">What is wanted.</param>
internal sealed class JoinScene(CliHost host, SetupScene setup, JoinWish wish)
{
    /// <summary>The step without which a machine is part of the mesh all the same.</summary>
    public const string Agent = "agent";

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private IReadOnlyList<MeshMate> _mates = [];

    public SetupScene Setup { get; } = setup;

    public JoinWish Wish { get; } = wish;

    /// <summary>
    /// A step of <c>auxo node fix</c>: looked at, mended where that is possible here, and looked at again.
    /// </summary>
    public async Task<SetupStep> FixAsync(Func<FixScene, FixStep> step, Rid? rid, CancellationToken ct)
    {
        var fix = step(await SceneAsync(rid, ct));
        var look = await fix.Look(ct);
        if (look.State is FixState.Fine or FixState.Skipped) return new SetupStep(fix.Name, "fine", look.Text);
        string? problem = null;
        if (look.State == FixState.Needed)
        {
            try
            {
                await fix.Mend(ct);
            }
            catch (Exception e) when (e is CliException or NodeException)
            {
                problem = ". " + e.Message;
            }

            look = await fix.Look(ct);
            if (look.State == FixState.Fine) return new SetupStep(fix.Name, "done", look.Text);
        }

        return new SetupStep(fix.Name, "failed", look.Text + problem, look.Does is { } does ? [does] : []);
    }

    /// <summary>It reports to an Auxo, which answers with the other nodes of the mesh and where they are.</summary>
    public async Task<SetupStep> AgentAsync(CancellationToken ct)
    {
        try
        {
            var isNew = Wish.Agent is not null;
            if (!isNew && !File.Exists(Instance.Layout(host).AgentFile)) return new SetupStep(
                Agent, "fine",
                "no Auxo was named to report to (--url, --token): 'auxo agent token NAME' on its machine says more");
            var file = Wish.Agent ?? AgentFile.Read(Instance.Layout(host));
            _mates = (await JoinAgent.ReportAsync(host, file, ct)).Others;
            var unit = await InstallAgent.WriteAsync(host, dry: false, ct);
            return unit with { Name = Agent,
                Text = $"it reports to {file.Url.GetLeftPart(UriPartial.Authority)}; {unit.Text}" };
        }
        catch (CliException e)
        {
            return new SetupStep(Agent, "failed", e.Message, e.Hint is { } hint ? [hint] : []);
        }
    }

    /// <summary>
    /// The peer is dialled at every start of the node, not only now. Where nobody was named, it is a node of which Auxo
    /// knows and that takes connections.
    /// </summary>
    public async Task<SetupStep> DialledAsync(CancellationToken ct)
    {
        var file = Path.Combine(Setup.Home, "config.json");
        var text = await File.ReadAllTextAsync(file, ct);
        if (Wish.Peer is null && NodeConfig.Peers(text) is [var first, ..]) return new SetupStep(
            "peer in settings", "fine", $"{first} is in {file}");
        if ((Wish.Peer ?? await MateAsync(ct)) is not { } peer) return new SetupStep(
            "peer in settings", "failed", "no node of the mesh is known", ["auxo mesh join --peer NID@HOST:8776"]);
        var changed = NodeConfig.WithPeer(text, peer);
        if (changed == text) return new SetupStep("peer in settings", "fine", $"{peer} is in {file}");
        _ = await NodeConfig.WriteAsync(file, changed, host.Time.GetUtcNow(), ct);
        return new SetupStep("peer in settings", "done", $"{peer} is in {file} now");
    }

    private async Task<string?> MateAsync(CancellationToken ct)
    {
        foreach (var mate in _mates)
        {
            // Two nodes of one machine know each other by addresses that mean nothing elsewhere.
            foreach (var address in mate.Addresses.OrderBy(MeshAddress.IsLoopback))
            {
                if (FixScene.NidOf(mate.Node) is not null
                    && await ReadMesh.DialAsync(address, host.Time, ct) is { Answered: > 0 })
                    return $"{mate.Node}@{address}";
            }
        }

        return null;
    }

    /// <summary>
    /// The repository is seeded and comes from the peer. Where this node is not allowed yet, a delegate is waited for.
    /// </summary>
    public async Task<SetupStep> FetchAsync(Rid rid, CancellationToken ct)
    {
        var name = "repository " + rid.Value;
        var scene = await SceneAsync(rid, ct);
        try
        {
            _ = await scene.Control.SeedAllAsync(rid, ct);
            if (await scene.IdentityAsync(ct) is { } there) return new SetupStep(name, "fine",
                $"{there.Name} is here, and seeded");
            string? reason = null;
            var isAsked = false;
            var isHere = await scene.BecomesAsync(async () =>
            {
                reason = await scene.ConnectedPeerAsync(ct) is { } peer ? await scene.Control.FetchAsync(rid, peer, ct)
                    : "no peer is connected";
                if (await scene.IdentityAsync(ct) is not null) return true;
                if (!isAsked) Ask(rid, scene.Own, reason);
                isAsked = true;
                await Task.Delay(Between, host.Time, ct);
                return false;
            }, Wish.Wait, ct);
            return isHere
                ? new SetupStep(name, "done", $"{(await scene.IdentityAsync(ct))!.Name} was fetched, and is seeded")
                : new SetupStep(name, "failed", $"it does not come: {reason}", [Allow(rid, scene.Own)]);
        }
        catch (NodeException e)
        {
            return new SetupStep(name, "failed", e.Message);
        }
    }

    /// <summary>A working copy in the folder for them.</summary>
    public async Task<SetupStep> CloneAsync(Rid rid, CancellationToken ct)
    {
        if ((await (await SceneAsync(rid, ct)).IdentityAsync(ct))?.Name is not { } name) return new SetupStep(
            "working copy", "failed", $"{rid} is not here");
        // Radicle's own names are such; it comes from outside all the same.
        if (name.Contains('/', StringComparison.Ordinal) || name is "." or "..") return new SetupStep(
            "working copy", "failed", $"'{name}' cannot be a folder's name", [$"rad clone {rid} FOLDER"]);
        var folder = Path.Combine(Wish.Into, name);
        if (Directory.Exists(folder)) return await IsCopyAsync(folder, rid, ct)
            ? new SetupStep($"working copy {name}", "fine", folder)
            : new SetupStep($"working copy {name}", "failed", $"{folder} is there, and is no working copy of {rid}",
                ["rename it; then: auxo mesh join"]);
        Directory.CreateDirectory(Wish.Into);
        var run = await new UserPrograms(host).RadAsync(Wish.Into, "checkout", rid.Value, "--no-confirm");
        return run.Succeeded && Directory.Exists(folder)
            ? new SetupStep($"working copy {name}", "done", folder)
            : new SetupStep($"working copy {name}", "failed", ProgramFault.Of(run).Message);
    }

    /// <summary>What is staged there is checked before each commit.</summary>
    public async Task<SetupStep> HooksAsync(Rid rid, CancellationToken ct)
    {
        if ((await (await SceneAsync(rid, ct)).IdentityAsync(ct))?.Name is not { } name) return new SetupStep("hooks",
            "failed", "no working copy");
        try
        {
            var (folder, plans) = await InstallHooks.WriteAsync(host, Path.Combine(Wish.Into, name), ct);
            return new SetupStep(
                $"hooks {name}", plans.All(static p => p.State == HookState.Present) ? "fine" : "done", folder.Path);
        }
        catch (CliException e)
        {
            return new SetupStep($"hooks {name}", "failed", e.Message, e.Hint is { } hint ? [hint] : []);
        }
    }

    private async Task<bool> IsCopyAsync(string folder, Rid rid, CancellationToken ct)
    {
        try
        {
            return (await UserCopy.FindAsync(new UserPrograms(host), folder, ct)) is var copy && copy.Rid == rid
                && Path.GetFileName(copy.Top) == Path.GetFileName(folder);
        }
        catch (CliException)
        {
            return false;
        }
    }

    private async Task<FixScene> SceneAsync(Rid? rid, CancellationToken ct)
    {
        var (home, own) = await RadicleCopy.ProfileAsync(host, ct);
        return new FixScene(host, home, own, Wish.Listen, rid) { NamedPeer = Wish.Peer };
    }

    private void Ask(Rid rid, Did own, string? reason)
    {
        host.StandardError.WriteLine(Output.TamedText.OneLine($"{rid} does not come yet: {reason}"));
        host.StandardError.WriteLine(
            "  If it is private, a delegate types this on his machine; this goes on by itself then:");
        host.StandardError.WriteLine("  " + Allow(rid, own));
    }

    private static string Allow(Rid rid, Did own)
        => $"a delegate: rad id update --repo {rid} --allow {own} --title \"Allow a reader\"; rad sync --announce";
}
