using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>Every node of the mesh as every other sees it.</summary>
public sealed record MeshMatrix(IReadOnlyList<MeshMember> Nodes, IReadOnlyList<MeshPair> Pairs);

/// <summary>A node of the mesh; <c>SilentSeconds</c> is null while it reports.</summary>
public sealed record MeshMember(
    string Name, string Node, string Alias, string Version, DateTimeOffset ReceivedAt, double? SilentSeconds, bool IsUp,
    double ClockSkewSeconds, DateTimeOffset? KeyExpiry, IReadOnlyList<MeshProblem> Problems, IReadOnlyList<string> Violations);

/// <summary>Something that is not fine on a node's machine.</summary>
public sealed record MeshProblem(string Name, string State, string Text, double? Value, string? Next);

/// <summary>What one node says of another, and what mends it; <c>NextOn</c> is the node where <c>Next</c> is to be typed.</summary>
public sealed record MeshPair(
    string From, string To, [property: JsonConverter(typeof(Word))] string State, double? RttSeconds, DateTimeOffset? LastHandshake,
    bool? RefsEqual, IReadOnlyList<string> Behind, bool Asymmetric, string? Cause, string? NextOn, string? Next)
{
    /// <summary>It does not work, or nobody says whether it does.</summary>
    [JsonIgnore]
    public bool IsFailing => State is "failing" or "silent";
}
