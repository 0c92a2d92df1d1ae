using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>What this node sees of every other node of its mesh: a row of the matrix.</summary>
internal static class PeerViews
{
    /// <summary>Looks at the node, the VPN and every peer; takes a few seconds where a peer does not answer.</summary>
    /// <param name="host">The surroundings.</param>
    /// <param name="home">The profile.</param>
    /// <param name="own">Its key.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<IReadOnlyList<PeerView>> ReadAsync(CliHost host, RadicleHome home, Did own,
        CancellationToken ct)
        => Of(await ReadMesh.ReadAsync(host, home, own, named: null, rid: null, ct));

    /// <summary>The same of what was read. Pure.</summary>
    public static IReadOnlyList<PeerView> Of(MeshReading reading)
    {
        var diagnosis = Diagnosis.Of(reading);
        return [.. diagnosis.Peers.Select(p => Of(reading, p.Peer, diagnosis.RootOf(p)))];
    }

    private static PeerView Of(MeshReading reading, MeshPeer peer, DiagnosisItem? root) => new(
        peer.Nid.Nid, peer.Machine is { HostName.Length: > 0 } machine ? machine.HostName : null,
        peer.Address ?? peer.Session?.Address,
        peer.Session?.Connected == true, VpnRules.IsDirect(peer), peer.Ping?.Seconds ?? peer.Dial?.Seconds,
        peer.Machine?.LastHandshake,
        peer.Machine?.KeyExpiry, root is null ? null : root.Cause ?? root.Evidence, root?.Next)
    {
        Refs = [.. reading.Repositories.Where(r => r.Signed.ContainsKey(peer.Nid)).Select(
            r => new SeenRefs(r.Rid.Value, r.Signed[peer.Nid].Commit))],
    };
}
