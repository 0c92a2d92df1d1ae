using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.WorkingCopies;
using Auxo.Instances;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Health;

/// <summary>Asks the node over its control socket.</summary>
internal static class ReadNode
{
    /// <summary>The port where nodes usually listen.</summary>
    public const int UsualPort = 8776;

    /// <returns>The node, and the ports where it listens; the usual one when it does not run.</returns>
    public static async Task<(NodeReading Node, IReadOnlyList<PortReading> Ports)> ReadAsync(
        RadicleHomeSearch search, TimeProvider time, CancellationToken ct)
    {
        if (search is not RadicleHomeSearch.Found { Home: var home })
        {
            var reason = search is RadicleHomeSearch.Absent absent ? absent.Reason : "There is no Radicle profile.";
            return (new NodeReading(null, null, 0, 0, reason) { HasProfile = false }, []);
        }

        try
        {
            var control = new NodeControl(home.Socket, time);
            var nid = await control.NodeIdAsync(ct);
            var sessions = await control.SessionsAsync(ct);
            var ports = (await control.ListenAddressesAsync(ct)).Select(PortOf).OfType<int>().Distinct()
                .Select(static port => Port(port, isUp: true)).ToList();
            return (new NodeReading(
                nid.Nid, ports.Select(static p => p.Holder?.Pid).FirstOrDefault(static pid => pid is not null),
                sessions.Count(static s => s.Connected), sessions.Count, Problem: null), ports);
        }
        catch (NodeException e)
        {
            var configured = await ConfiguredAsync(home, ct);
            return (new NodeReading(null, null, 0, 0, e.Message), [.. configured.Select(static port => Port(port, isUp: false))]);
        }
    }

    /// <summary>Where it will listen: the ports of its settings, else the usual one.</summary>
    private static async Task<IEnumerable<int>> ConfiguredAsync(RadicleHome home, CancellationToken ct)
    {
        try
        {
            var text = await OrdinaryFile.ReadTextAsync(Path.Combine(home.Path, "config.json"), ct);
            return (text is null ? [] : NodeConfig.Listens(text)).Select(PortOf).OfType<int>().Distinct().DefaultIfEmpty(UsualPort);
        }
        catch (CliException)
        {
            return [UsualPort];
        }
    }

    /// <summary>The number after the last colon; null for none.</summary>
    public static int? PortOf(string address)
        => int.TryParse(address[(address.LastIndexOf(':') + 1)..], out var port) && port is > 0 and <= 65535 ? port : null;

    private static PortReading Port(int port, bool isUp)
        => new(port, "radicle-node", isUp, ExpectedPid: null, Ports.Listener(port), "node.listen in config.json");
}
