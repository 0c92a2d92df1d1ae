using Auxo.Contracts.Mesh;

namespace Auxo.Metrics.Mesh;

/// <summary>How one node has another.</summary>
public enum PairState
{
    /// <summary>Connected, and the VPN goes straight there.</summary>
    Direct,

    /// <summary>Connected over a relay of the VPN.</summary>
    Relayed,

    /// <summary>Connected; which way it goes is not known.</summary>
    Connected,

    /// <summary>Connected, and yet something is to be done: refs are behind, or the node's agent says so.</summary>
    Warning,

    /// <summary>Not connected.</summary>
    Failing,

    /// <summary>The node that would have to say it is silent.</summary>
    Silent,
}

/// <summary>What the row's node says of the column's node.</summary>
/// <param name="From">The row: the name of the node that sees.</param>
/// <param name="To">The column: the node that is seen.</param>
/// <param name="State">How it is.</param>
/// <param name="RttSeconds">The round trip.</param>
/// <param name="LastHandshake">When the VPN last agreed on keys.</param>
/// <param name="RefsEqual">It has what the other signed last, of all that both have; null where there is nothing to compare.</param>
/// <param name="Behind">The repositories of which it has something older.</param>
/// <param name="Asymmetric">The other node is connected to this one, by its own words.</param>
/// <param name="Cause">Why it is not as it should be.</param>
/// <param name="NextOn">The node on which to type <paramref name="Next"/>.</param>
/// <param name="Next">The command that mends it.</param>
public sealed record MeshPair(
    string From, string To, PairState State, double? RttSeconds, DateTimeOffset? LastHandshake, bool? RefsEqual,
    IReadOnlyList<string> Behind, bool Asymmetric, string? Cause, string? NextOn, string? Next);

/// <summary>A node of the matrix.</summary>
/// <param name="Name">Its name in the mesh.</param>
/// <param name="Node">Its id.</param>
/// <param name="Alias">What it calls itself.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="ReceivedAt">When it was last heard.</param>
/// <param name="SilentSeconds">For how long it has been silent; null while it reports.</param>
/// <param name="IsUp">It reports, and its Radicle node runs.</param>
/// <param name="ClockSkewSeconds">How far its clock was ahead of this one.</param>
/// <param name="KeyExpiry">When its key of the VPN ends.</param>
/// <param name="Problems">What is not fine on its machine.</param>
/// <param name="Violations">The repositories of which it says that they are not private as they should be.</param>
public sealed record MeshMember(
    string Name, string Node, string Alias, string Version, DateTimeOffset ReceivedAt, double? SilentSeconds, bool IsUp,
    double ClockSkewSeconds, DateTimeOffset? KeyExpiry, IReadOnlyList<NodeHealthItem> Problems, IReadOnlyList<string> Violations);

/// <summary>The matrix: every node as every other sees it.</summary>
/// <param name="Nodes">By name.</param>
/// <param name="Pairs">Every ordered pair, row by row.</param>
public sealed record MeshMatrix(IReadOnlyList<MeshMember> Nodes, IReadOnlyList<MeshPair> Pairs)
{
    /// <summary>Three reports are missing then.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(3);

    /// <summary>Works it out.</summary>
    /// <param name="nodes">What is known, by name.</param>
    /// <param name="now">The moment.</param>
    /// <param name="listeningSince">Before that nobody could report: a restart makes no node silent.</param>
    public static MeshMatrix Of(IReadOnlyList<MeshNode> nodes, DateTimeOffset now, DateTimeOffset listeningSince)
    {
        var views = nodes.Select(n => new NodeSight(n, Silent(n, now, listeningSince))).ToList();
        return new MeshMatrix(
            [.. views.Select(v => Member(v, views))],
            [.. views.SelectMany(row => views.Where(column => column != row).Select(column => PairRules.Of(row, column)))]);
    }

    private static TimeSpan? Silent(MeshNode node, DateTimeOffset now, DateTimeOffset listeningSince)
    {
        var heard = node.ReceivedAt > listeningSince ? node.ReceivedAt : listeningSince;
        return now - heard > Silence ? now - node.ReceivedAt : null;
    }

    private static MeshMember Member(NodeSight sight, IReadOnlyList<NodeSight> all)
    {
        var (node, report) = (sight.Node, sight.Node.Report);
        var expiry = report.KeyExpiry ?? all.Where(v => v != sight)
            .Select(v => v.ViewOf(report.Node)?.KeyExpiry).FirstOrDefault(static e => e is not null);
        return new MeshMember(
            node.Name, report.Node, report.Alias, report.Version, node.ReceivedAt, sight.Silent?.TotalSeconds,
            sight.Silent is null && sight.NodeProblem is null, (report.At - node.ReceivedAt).TotalSeconds, expiry,
            [.. report.Health.Where(static i => i.State != "fine")],
            [.. report.Repositories.Where(static r => r.Violations.Count > 0).Select(static r => r.Rid)]);
    }
}

/// <summary>A node with what follows from its report.</summary>
/// <param name="Node">The node.</param>
/// <param name="Silent">For how long it has been silent; null while it reports.</param>
public sealed record NodeSight(MeshNode Node, TimeSpan? Silent)
{
    private readonly Dictionary<string, PeerView> _views = Node.Report.Peers.ToDictionary(static p => p.Node, StringComparer.Ordinal);

    private readonly HashSet<string> _has = Node.Report.Repositories.Select(static r => r.Rid).ToHashSet(StringComparer.Ordinal);

    /// <summary>Its Radicle node does not run; null when it does.</summary>
    public NodeHealthItem? NodeProblem { get; } = Node.Report.Health.FirstOrDefault(static i => i is { Name: "node", State: "critical" });

    /// <summary>What it says of another node; null when it says nothing.</summary>
    public PeerView? ViewOf(string node) => _views.GetValueOrDefault(node);

    /// <summary>It has the repository.</summary>
    public bool Has(string rid) => _has.Contains(rid);
}
