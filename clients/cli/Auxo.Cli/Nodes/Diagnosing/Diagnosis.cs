namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>The thirteen checks over what was read: three are about this machine, ten about each peer. Pure.</summary>
/// <param name="Machine">Checks 1, 2 and 8.</param>
/// <param name="Peers">The others, for each peer.</param>
internal sealed record Diagnosis(IReadOnlyList<DiagnosisItem> Machine, IReadOnlyList<PeerDiagnosis> Peers)
{
    /// <summary>
    /// From what others follow comes first: no session without a way, nothing fetched by who is not allowed.
    /// </summary>
    private static readonly int[] RootsFirst = [8, 1, 3, 7, 9, 10, 11, 13, 12, 2, 4, 5, 6];

    public static Diagnosis Of(MeshReading reading) => new(
        [
            VpnRules.Up(reading), VpnRules.Keys(reading), SessionRules.Listens(reading),
            .. reading.Peers.Count > 0 ? Array.Empty<DiagnosisItem>() : [Alone],
        ],
        [.. reading.Peers.Select(peer => new PeerDiagnosis(peer,
        [
            VpnRules.Online(reading, peer), VpnRules.Path(reading, peer), VpnRules.Handshake(reading, peer),
            VpnRules.RoundTrip(reading, peer), SessionRules.Port(peer), SessionRules.Session(reading, peer),
            RepositoryRules.Allowed(reading, peer), RepositoryRules.Seeded(reading, peer),
            RepositoryRules.Refs(reading, peer),
            SessionRules.Clock(reading, peer),
        ]))]);

    /// <summary>Everything that was looked at.</summary>
    public IEnumerable<DiagnosisItem> All => Machine.Concat(Peers.SelectMany(static p => p.Items));

    /// <summary>
    /// What a peer's trouble comes from, if there is any: the worst, and of these the one that others follow from.
    /// </summary>
    public DiagnosisItem? RootOf(PeerDiagnosis peer)
        => Machine.Concat(peer.Items).Where(static i => i.State >= DiagnosisState.Warning)
            .OrderByDescending(static i => i.State).ThenBy(static i => Array.IndexOf(RootsFirst, i.Number))
            .FirstOrDefault();

    private static DiagnosisItem Alone { get; } = new(
        9, "session", DiagnosisState.Critical, "no other node of the mesh is known",
        "node.connect of config.json names nobody, and nobody dials",
        "auxo node diagnose --peer NID@HOST:8776");
}

/// <summary>A peer, and what the checks say of it.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Items">Checks 3 to 7 and 9 to 13.</param>
internal sealed record PeerDiagnosis(MeshPeer Peer, IReadOnlyList<DiagnosisItem> Items);
