using Auxo.Contracts.Mesh;
using Auxo.Metrics.Mesh;

namespace Auxo.Metrics.Tests.Mesh;

/// <summary>Reports of made-up nodes.</summary>
internal static class Reports
{
    public const string Heartwood = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";
    public const string Second = "rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji";

    public static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    public static readonly string A = Node(1), B = Node(2), C = Node(3);

    /// <summary>The id of a key that nobody has.</summary>
    public static string Node(int number)
    {
        const string letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
        return $"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta{letters[number / letters.Length]}{letters[number % letters.Length]}2d";
    }

    public static NodeReport Of(string node, params PeerView[] peers) => new(node, "", "1.10.0", Now, [], peers, []);

    public static PeerView Sees(string node, bool? direct = null, double? rtt = null)
        => new(node, null, null, Connected: true, direct, rtt);

    public static NodeRepository Private(string rid, string name, params string[] violations)
        => new(rid, name, "private", null, violations);

    public static MeshNode Heard(string name, NodeReport report, double secondsAgo = 10) => new(name, Now.AddSeconds(-secondsAgo), report);

    /// <summary>The matrix of a service that has been listening for long.</summary>
    public static MeshMatrix Matrix(params MeshNode[] nodes) => MeshMatrix.Of(nodes, Now, Now.AddDays(-1));

    public static MeshPair Pair(this MeshMatrix matrix, string from, string to) => matrix.Pairs.Single(p => p.From == from && p.To == to);
}
