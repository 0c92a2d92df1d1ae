using Auxo.Cli.Nodes.Diagnosing;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.WorkingCopies;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Fixing;

/// <summary>Steps 1 to 3: the VPN, the node, a peer.</summary>
internal static class MachineSteps
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settles = TimeSpan.FromMilliseconds(500);

    public static FixStep Vpn(FixScene scene) => new("VPN up", async ct =>
    {
        if (RadProgram.Find("tailscale", scene.Host.Variable("PATH")) is null)
            return FixRules.Vpn(isInstalled: false, null, isOnline: false);
        var run = await scene.Programs.AskAsync("tailscale", ct, "status", "--json");
        var status = TailscaleStatus.Parse(run.Output);
        return FixRules.Vpn(isInstalled: true, status.Backend, status.Self?.IsOnline == true);
    }, async ct => await scene.Programs.AskAsync("tailscale", ct, "up", "--timeout", "20s"));

    public static FixStep Node(FixScene scene) => new("node listens", async ct =>
    {
        var configured = NodeConfig.Listens(await scene.ConfigAsync(ct));
        var isUnit = await IsUnitAsync(scene, ct);
        try
        {
            var listens = await scene.AskAsync(node => node.ListenAddressesAsync(ct));
            return FixRules.Node(listens, null, configured, scene.Listen, scene.Config, isUnit);
        }
        catch (NodeException e)
        {
            var isStopped = e.Fault is NodeFault.NotRunning or NodeFault.StaleSocket;
            return FixRules.Node(null, isStopped ? null : e.Message, configured, scene.Listen, scene.Config, isUnit);
        }
    }, async ct =>
    {
        var text = await scene.ConfigAsync(ct);
        if (!NodeConfig.Listens(text).Any(c => FixRules.Answers(c, scene.Listen)))
            _ = await NodeConfig.WriteAsync(scene.Config, NodeConfig.WithListen(text, scene.Listen), scene.Host.Time.GetUtcNow(), ct);
        if (await IsUnitAsync(scene, ct)) _ = await scene.Programs.AskAsync("systemctl", ct, "--user", "restart", FixRules.Unit);
        else await RestartAsync(scene, ct);
        _ = await scene.BecomesAsync(() => scene.AnswersAsync(ct), Patience, ct);
    });

    private static async Task RestartAsync(FixScene scene, CancellationToken ct)
    {
        if (await scene.AnswersAsync(ct))
        {
            _ = await scene.Programs.RadAsync(scene.Home.Path, "node", "stop");
            _ = await scene.BecomesAsync(async () => !await scene.AnswersAsync(ct), Patience, ct);
        }

        _ = await scene.Programs.RadAsync(scene.Home.Path, "node", "start");
    }

    /// <summary>One that systemd keeps running is restarted by systemd, else it would run twice, or unwatched.</summary>
    private static async Task<bool> IsUnitAsync(FixScene scene, CancellationToken ct)
        => scene.Host.Variable("HOME") is { Length: > 0 } user
            && SetupRules.UnitFile(user, scene.Host.Variable("XDG_CONFIG_HOME")) is var file
            && await OrdinaryFile.ReadTextAsync(file, ct) is { } unit && SetupRules.IsUnitOf(unit, scene.Home.Path)
            && RadProgram.Find("systemctl", scene.Host.Variable("PATH")) is not null
            && (await scene.Programs.AskAsync("systemctl", ct, "--user", "is-enabled", FixRules.Unit)).Succeeded;

    public static FixStep Peer(FixScene scene) => new("peer connected", async ct => FixRules.Peer(
        await scene.PeerAsync(ct), await scene.ConnectedPeerAsync(ct) is not null, await scene.AnswersAsync(ct)), async ct =>
    {
        if (await scene.PeerAsync(ct) is not { } peer) return;
        // "Connected" is said before the peer has agreed, and one that still has an old session cuts the first new ones off.
        string? reason = null;
        var isConnected = await scene.BecomesAsync(async () =>
        {
            reason = await scene.Control.ConnectAsync(peer, ct) ?? reason;
            await Task.Delay(Settles, scene.Host.Time, ct);
            return await scene.ConnectedPeerAsync(ct) is not null;
        }, Patience, ct);
        if (!isConnected) throw new CliException(
            ExitCode.Negative,
            $"The node says: {reason ?? "the peer cut the connection off"}. Is it the right address, and its port open?");
    });
}
