namespace Auxo.Contracts.Mesh;

/// <summary>Another node, as the node that reports sees it.</summary>
/// <param name="Node">The other node's id: <c>z6Mk…</c>.</param>
/// <param name="Alias">Its name for people, where it is known.</param>
/// <param name="Address">Where it is or was reached: <c>host:port</c>.</param>
/// <param name="Connected">There is a session between the two nodes.</param>
/// <param name="Direct">False when the way goes over a relay of the VPN; null when that is not known.</param>
/// <param name="RttSeconds">The round trip, in seconds.</param>
/// <param name="LastHandshake">When the VPN last agreed on keys with it.</param>
/// <param name="KeyExpiry">When its key of the VPN ends.</param>
/// <param name="Cause">Why this pair does not work; null when it does.</param>
/// <param name="Next">The command that mends it.</param>
public sealed record PeerView(
    string Node, string? Alias, string? Address, bool Connected, bool? Direct = null, double? RttSeconds = null,
    DateTimeOffset? LastHandshake = null, DateTimeOffset? KeyExpiry = null, string? Cause = null, string? Next = null)
{
    /// <summary>What the reporting node has of the other's signed refs; empty where it has nothing of it.</summary>
    // A generated reader gives null for what is missing.
    public IReadOnlyList<SeenRefs> Refs { get; init => field = value ?? []; } = [];
}

/// <summary>How far a node has another's refs in one repository.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="SignedRefs">The commit of the other's signed refs that it has.</param>
public sealed record SeenRefs(string Rid, string SignedRefs);
