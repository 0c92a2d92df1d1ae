using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A node that has a repository, as far as the asked node has heard.</summary>
/// <param name="Nid">The node.</param>
/// <param name="SyncedAt">The asked owner's signed refs that it has in full; null when it is behind, or never said.</param>
public sealed record RepositorySeed(Did Nid, CommitId? SyncedAt);

/// <summary>What the node is asked about its peers and what it seeds.</summary>
public sealed partial class NodeControl
{
    private const string Once = """ "opts":{"persistent":false,"timeout":{"secs":4,"nanos":0}}} """;

    /// <summary>Where the node takes connections, such as <c>0.0.0.0:8776</c>; empty when it only dials.</summary>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public Task<IReadOnlyList<string>> ListenAddressesAsync(CancellationToken cancellationToken)
        => AskAsync("""{"command":"listenAddrs"}""", static reply => CobJson.List(reply, CobJson.Text), cancellationToken);

    /// <summary>The nodes that have a repository, and whether each has what <paramref name="owner"/> signed last.</summary>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public Task<IReadOnlyList<RepositorySeed>> SeedsForAsync(Rid rid, Did owner, CancellationToken cancellationToken)
        => AskAsync(
            $$"""{"command":"seedsFor","rid":"{{rid}}","namespaces":["{{owner.Nid}}"]}""",
            static reply => CobJson.List(reply, static seed => new RepositorySeed(
                CobJson.Did(CobJson.Member(seed, "nid")),
                CobJson.Optional(seed, "sync") is { ValueKind: JsonValueKind.Object } sync
                    && CobJson.OptionalText(sync, "status") == "synced"
                    ? CobJson.OptionalOid(CobJson.Member(sync, "at"), "oid") : null)),
            cancellationToken);

    /// <summary>
    /// Dials a peer once. The node may say "connected" before it has checked the peer's key: believe <see cref="SessionsAsync"/>.
    /// </summary>
    /// <param name="peer"><c>NID@host:port</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Null, or why it is not connected.</returns>
    /// <exception cref="NodeException">The node does not answer, or refuses the address.</exception>
    public Task<string?> ConnectAsync(string peer, CancellationToken cancellationToken)
        => AskAsync(
            $$"""{"command":"connect","addr":"{{JsonEncodedText.Encode(peer)}}",""" + Once,
            static reply => CobJson.OptionalText(reply, "status") == "connected"
                ? null : CobJson.OptionalText(reply, "reason") ?? "no reason was given",
            cancellationToken);

    /// <summary>Seeds a repository with the refs of everybody: patches of strangers too.</summary>
    /// <returns>False when it was so already.</returns>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public Task<bool> SeedAllAsync(Rid rid, CancellationToken cancellationToken)
        => AskAsync(
            $$"""{"command":"seed","rid":"{{rid}}","scope":"all"}""",
            static reply => CobJson.Optional(reply, "updated") is { ValueKind: JsonValueKind.True }, cancellationToken);

    /// <summary>Fetches a repository from a peer.</summary>
    /// <returns>Null, or why it did not succeed.</returns>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public Task<string?> FetchAsync(Rid rid, Did peer, CancellationToken cancellationToken)
        => AskAsync(
            $$"""{"command":"fetch","rid":"{{rid}}","nid":"{{peer.Nid}}",""" + """ "timeout":{"secs":20,"nanos":0}} """,
            static reply => CobJson.OptionalText(reply, "status") == "success"
                ? null : CobJson.OptionalText(reply, "reason") ?? "no reason was given",
            cancellationToken);
}
