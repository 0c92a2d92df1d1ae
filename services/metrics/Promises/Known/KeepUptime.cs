using Auxo.Metrics.Mesh;

namespace Auxo.Metrics.Promises.Known;

/// <summary>Keeps what reports say of a node's uptime, in the transaction that keeps the report.</summary>
public static class KeepUptime
{
    /// <summary>A node has told how it is.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="node">With what it told.</param>
    /// <param name="lastHeard">When it told before; null for never.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task ToldAsync(IDocumentSession session, MeshNode node, DateTimeOffset? lastHeard, CancellationToken ct)
    {
        var key = NodeUptime.StreamKey(node.Name);
        var known = await session.LoadAsync<NodeUptime>(key, ct);
        var isRunning = new NodeSight(node, Silent: null).NodeProblem is null;
        var events = NodeUptime.Decide(known, lastHeard, node.Name, isRunning, node.ReceivedAt);
        if (known is null) session.Events.StartStream<NodeUptime>(key, events);
        else if (events.Count > 0) session.Events.Append(key, events);
    }

    /// <summary>A node is taken away.</summary>
    /// <inheritdoc cref="ToldAsync"/>
    public static async Task LostAsync(IDocumentSession session, MeshNode node, CancellationToken ct)
    {
        var key = NodeUptime.StreamKey(node.Name);
        if ((await session.LoadAsync<NodeUptime>(key, ct))?.IsRunning is not null)
            session.Events.Append(key, new UptimeEvent.Lost(node.ReceivedAt));
    }
}
