using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Overview;

/// <summary>The Radicle node of this machine and what it knows of a repository's other nodes.</summary>
/// <param name="IsRunning">It answers.</param>
/// <param name="Reason">Why it does not; null when it does.</param>
/// <param name="Nid">Its id; null when it does not answer.</param>
/// <param name="Peers">Nodes that it has to do with.</param>
/// <param name="Connected">Those of them that it talks to now.</param>
internal sealed record NodeState(bool IsRunning, string? Reason, Did? Nid, int Peers, int Connected)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static NodeControl Control(RadicleHome home, TimeProvider time) => new(home.Socket, time) { Patience = Patience };

    public static async Task<NodeState> ReadAsync(NodeControl control, CancellationToken ct)
    {
        try
        {
            var nid = await control.NodeIdAsync(ct);
            var sessions = await control.SessionsAsync(ct);
            return new NodeState(IsRunning: true, Reason: null, nid, sessions.Count, sessions.Count(static s => s.Connected));
        }
        catch (NodeException e)
        {
            return new NodeState(IsRunning: false, e.Message, Nid: null, 0, 0);
        }
    }

    /// <summary>The other nodes that keep a repository; null when the node does not say.</summary>
    public async Task<IReadOnlyList<NodeSeed>?> SeedsAsync(NodeControl control, Rid rid, CancellationToken ct)
    {
        if (Nid is not { } own) return null;
        try
        {
            return [.. (await control.SeedsForAsync(rid, [own], ct)).Where(s => s.Nid != own)];
        }
        catch (NodeException)
        {
            return null;
        }
    }
}
