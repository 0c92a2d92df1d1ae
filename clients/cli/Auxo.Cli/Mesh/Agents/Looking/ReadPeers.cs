using Auxo.Cli.Nodes.Diagnosing;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh.Agents.Looking;

/// <summary>The other nodes as this one sees them.</summary>
internal static class ReadPeers
{
    /// <summary>
    /// What a diagnosis finds out of the peers that this node's settings name; of other sessions what the node says; and that there is none
    /// with any other node of the mesh.
    /// </summary>
    public static async Task<IReadOnlyList<PeerView>> ReadAsync(
        CliHost host, RadicleHome home, Did own, IReadOnlyList<MeshMate> others, CancellationToken ct)
    {
        IReadOnlyList<NodeSession> sessions;
        try
        {
            sessions = await new NodeControl(home.Socket, host.Time).SessionsAsync(ct);
        }
        catch (NodeException)
        {
            // That the node does not run is told as its health.
            sessions = [];
        }

        var diagnosed = await PeerViews.ReadAsync(host, home, own, ct);
        return WithAll(
            [
                .. diagnosed, .. sessions.Where(s => s.Nid != own && diagnosed.All(d => d.Node != s.Nid.Nid)).DistinctBy(static s => s.Nid)
                    .Select(static s => new PeerView(s.Nid.Nid, Alias: null, s.Address, s.Connected)),
            ], others);
    }

    /// <summary>Whom this node does not know is not connected with it.</summary>
    public static IReadOnlyList<PeerView> WithAll(IReadOnlyList<PeerView> views, IReadOnlyList<MeshMate> others)
    {
        var mates = others.DistinctBy(static o => o.Node).ToDictionary(static o => o.Node, StringComparer.Ordinal);
        return
        [
            .. views.Select(v => mates.TryGetValue(v.Node, out var mate)
                ? v with { Alias = v.Alias ?? mate.Name, Address = v.Address ?? First(mate) } : v),
            .. mates.Values.Where(m => views.All(v => v.Node != m.Node))
                .Select(static m => new PeerView(m.Node, m.Name, First(m), Connected: false)),
        ];
    }

    /// <summary>Their keys.</summary>
    public static IEnumerable<Did> Keys(IEnumerable<PeerView> views)
        => views.Select(static v => Did.TryParse("did:key:" + v.Node, provider: null, out var did) ? did : default(Did?)).OfType<Did>();

    /// <summary>Where this node can be dialled: what its settings announce, and where it listens, but for "everywhere".</summary>
    public static async Task<IReadOnlyList<string>> OwnAddressesAsync(RadicleHome home, TimeProvider time, CancellationToken ct)
    {
        IReadOnlyList<string> announced, listens;
        try
        {
            announced = NodeConfig.Announced(await File.ReadAllTextAsync(Path.Combine(home.Path, "config.json"), ct));
        }
        catch (Exception e) when (e is IOException or CliException)
        {
            announced = [];
        }

        try
        {
            listens = await new NodeControl(home.Socket, time).ListenAddressesAsync(ct);
        }
        catch (NodeException)
        {
            listens = [];
        }

        return [.. announced.Concat(listens).Where(static a => !a.StartsWith("0.0.0.0:", StringComparison.Ordinal)
            && !a.StartsWith("[::]:", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
    }

    private static string? First(MeshMate mate) => mate.Addresses is [var first, ..] ? first : null;
}
