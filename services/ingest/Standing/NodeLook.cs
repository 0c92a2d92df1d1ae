using Auxo.Contracts;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

namespace Auxo.Ingest.Standing;

/// <summary>The node as it is now, asked once for all repositories.</summary>
/// <param name="Control">Its socket; null when it does not answer.</param>
/// <param name="Own">Its id.</param>
/// <param name="ConnectedPeers">With how many peers it has a session.</param>
internal sealed record NodeLook(NodeControl? Control, Did? Own, int ConnectedPeers)
{
    private static readonly NodeLook Silent = new(null, null, 0);

    /// <summary>Asks the node.</summary>
    public static async Task<NodeLook> TakeAsync(RadicleHome? home, TimeProvider time, CancellationToken ct)
    {
        if (home is null) return Silent;
        try
        {
            var control = new NodeControl(home.Socket, time);
            var own = await control.NodeIdAsync(ct);
            return new NodeLook(control, own, (await control.SessionsAsync(ct)).Count(static s => s.Connected));
        }
        catch (Exception e) when (e is NodeException or IOException)
        {
            return Silent;
        }
    }

    /// <summary>How it keeps a repository.</summary>
    /// <param name="repository">Which.</param>
    /// <param name="identity">What the repository says of itself.</param>
    /// <param name="behindSince">Since when other nodes have been behind, as far as was known before.</param>
    /// <param name="now">The moment.</param>
    /// <param name="ct">Stops.</param>
    public async Task<NodeStanding> OfAsync(
        Repository repository, RadicleIdentity identity, DateTimeOffset? behindSince, DateTimeOffset now, CancellationToken ct)
    {
        IReadOnlyList<NodeSeed> seeds = Control is null ? [] : await Control.SeedsForAsync(repository.Rid, identity.Delegates, ct);
        var others = seeds.Where(s => s.Nid != Own).ToList();
        var inSync = others.Count(static s => s.IsInSync is true);
        return new NodeStanding(
            Control is not null, ConnectedPeers, others.Count, inSync, inSync < others.Count ? behindSince ?? now : null,
            identity.Document.IsPrivate, identity.Delegates.Count, identity.Threshold);
    }
}
