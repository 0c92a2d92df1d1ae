using Auxo.Contracts.Mesh;
using Auxo.Metrics.Exposition;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Mesh;

/// <summary>
/// The families of nodes and of the mesh between them. A repository is named by its id: names of private ones stand nowhere.
/// </summary>
internal sealed class MeshFamilies(MetricsPage page)
{
    private readonly PreparedFamily _up = page.Gauge("radicle_node_up", "1 while the Radicle node runs.");
    private readonly PreparedFamily _peers = page.Gauge("radicle_node_peers", "Peers of the node, by state.");
    private readonly PreparedFamily _skew = page.Gauge("radicle_node_clock_skew_seconds", "How wrong the clock is.");
    private readonly PreparedFamily _cpu = page.Gauge("radicle_node_cpu_used_ratio", "Used share of the processors, 0 to 1.");
    private readonly PreparedFamily _memory = page.Gauge("radicle_node_memory_used_ratio", "Used share of the memory, 0 to 1.");
    private readonly PreparedFamily _disk = page.Gauge("radicle_node_disk_used_ratio", "Used share of a file system, 0 to 1.");
    private readonly PreparedFamily _direct = page.Gauge("radicle_mesh_peer_direct", "1 when a peer is reached directly.");
    private readonly PreparedFamily _rtt = page.Gauge("radicle_mesh_rtt_seconds", "Round trip to a peer.");
    private readonly PreparedFamily _handshake = page.Gauge(
        "radicle_mesh_last_handshake_timestamp_seconds", "When a peer was last heard.");
    private readonly PreparedFamily _expiry = page.Gauge(
        "radicle_mesh_key_expiry_timestamp_seconds", "When the mesh key of a node expires.");
    private readonly PreparedFamily _violation = page.Gauge(
        "radicle_repo_private_violation", "1 while a node says that a private repository is not as private as it should be.");

    /// <summary>Adds the matrix as of now. Of a silent node only that it is not up, and what it said of private repositories.</summary>
    public void Add(IReadOnlyList<MeshNode> nodes, MeshMatrix matrix)
    {
        foreach (var (node, member) in nodes.Zip(matrix.Nodes))
        {
            var label = ("node", member.Name);
            _up.Set(member.IsUp ? 1 : 0, label);
            foreach (var rid in member.Violations) _violation.Set(1, label, ("repo", rid));
            _expiry.Set(member.KeyExpiry is { } expiry ? RadicleMetrics.Seconds(expiry) : null, label);
            if (member.SilentSeconds is not null) continue;
            _skew.Set(member.ClockSkewSeconds, label);
            AddMachine(label, node.Report.Health);
            var connected = node.Report.Peers.Count(static p => p.Connected);
            _peers.Set(connected, label, ("state", "connected"))
                .Set(node.Report.Peers.Count - connected, label, ("state", "disconnected"));
        }

        foreach (var pair in matrix.Pairs.Where(static p => p.State != PairState.Silent))
        {
            var view = nodes.First(n => n.Name == pair.From).Report.Peers
                .FirstOrDefault(p => p.Node == nodes.First(n => n.Name == pair.To).Report.Node);
            ReadOnlySpan<(string, string)> labels = [("node", pair.From), ("peer", pair.To)];
            _direct.Set(view is { Connected: true, Direct: { } direct } ? direct ? 1 : 0 : null, labels);
            _rtt.Set(pair.RttSeconds, labels);
            _handshake.Set(pair.LastHandshake is { } at ? RadicleMetrics.Seconds(at) : null, labels);
        }
    }

    private void AddMachine((string, string) label, IReadOnlyList<NodeHealthItem> health)
    {
        foreach (var item in health.DistinctBy(static i => i.Name, StringComparer.Ordinal))
        {
            var share = item.Value / 100;
            if (item.Name == "cpu") _cpu.Set(share, label);
            else if (item.Name == "memory") _memory.Set(share, label);
            else if (item.Name is "disk auxo" or "disk radicle") _disk.Set(share, label, ("mountpoint", item.Name[5..]));
        }
    }
}
