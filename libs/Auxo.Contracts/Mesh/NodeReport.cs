namespace Auxo.Contracts.Mesh;

/// <summary>What the agent of a node tells of its node. It replaces what the same node told before.</summary>
/// <param name="Node">The node's id: <c>z6Mk…</c>.</param>
/// <param name="Alias">Its name for people; empty when it has none.</param>
/// <param name="Version">The version of the node's program; "unknown" is one.</param>
/// <param name="At">The sender's clock. It may be wrong by years, so the receiver's time is the one that counts.</param>
/// <param name="Health">What was looked at on its machine.</param>
/// <param name="Peers">The other nodes, as this one sees them.</param>
/// <param name="Repositories">What it has.</param>
public sealed record NodeReport(
    string Node, string Alias, string Version, DateTimeOffset At, IReadOnlyList<NodeHealthItem> Health,
    IReadOnlyList<PeerView> Peers, IReadOnlyList<NodeRepository> Repositories)
{
    /// <summary>When the node's own key of the mesh's VPN ends; null without one.</summary>
    public DateTimeOffset? KeyExpiry { get; init; }

    /// <summary>Where other nodes can dial it, such as <c>ann.example.org:8776</c>; empty when it only dials.</summary>
    // A generated reader gives null for what is missing.
    public IReadOnlyList<string> Addresses { get; init => field = value ?? []; } = [];

    /// <summary>Why nobody could be asked who has the private repositories; null when somebody could.</summary>
    public string? PrivacyUnknown { get; init; }
}

/// <summary>What the agent is answered: whom else to look at.</summary>
/// <param name="Name">The name of this node in the mesh, which its token gives it.</param>
/// <param name="Others">The other nodes of the mesh.</param>
public sealed record ReportTaken(string Name, IReadOnlyList<MeshMate> Others);

/// <summary>Another node of the mesh.</summary>
/// <param name="Name">Its name in the mesh.</param>
/// <param name="Node">The node's id: <c>z6Mk…</c>.</param>
/// <param name="Addresses">Where it says that it can be dialled.</param>
public sealed record MeshMate(string Name, string Node, IReadOnlyList<string> Addresses);

/// <summary>One thing that was looked at on a node's machine.</summary>
/// <param name="Name">What: <c>node</c>, <c>disk radicle</c>.</param>
/// <param name="State"><c>fine</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Text">What was seen.</param>
/// <param name="Value">The number behind it, where there is one: a share in percent, a count.</param>
/// <param name="Next">What to do, where it is not fine.</param>
public sealed record NodeHealthItem(string Name, string State, string Text, double? Value = null, string? Next = null);

/// <summary>A repository that a node has.</summary>
/// <param name="Rid">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Visibility"><c>public</c> or <c>private</c>.</param>
/// <param name="SignedRefs">The commit of the node's own signed refs there; null when it has none.</param>
/// <param name="Violations">Why it is not as private as it should be; empty when it is.</param>
public sealed record NodeRepository(
    string Rid, string Name, string Visibility, string? SignedRefs, IReadOnlyList<string> Violations);
