using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>All that was read for a diagnosis.</summary>
/// <param name="Now">By this machine's clock.</param>
/// <param name="Own">This node's id.</param>
/// <param name="Vpn">What tailscale says; null where it is not installed.</param>
/// <param name="Listens">Where this node takes connections; null when it cannot be asked.</param>
/// <param name="NodeProblem">Why it cannot be asked.</param>
/// <param name="Peers">The other nodes of the mesh.</param>
/// <param name="Repositories">What is looked at: the one that was named, else all of this node's storage.</param>
/// <param name="IsNamed">One repository was named: every peer should have it.</param>
internal sealed record MeshReading(
    DateTimeOffset Now, Did Own, TailscaleStatus? Vpn, IReadOnlyList<string>? Listens, string? NodeProblem,
    IReadOnlyList<MeshPeer> Peers, IReadOnlyList<MeshRepository> Repositories, bool IsNamed);

/// <summary>Another node of the mesh.</summary>
/// <param name="Nid">Its id.</param>
/// <param name="Address">Where it listens, as <c>host:port</c>; null when it is not known.</param>
/// <param name="IsDialled">This node's settings or the user name it to be dialled.</param>
internal sealed record MeshPeer(Did Nid, string? Address, bool IsDialled)
{
    /// <summary>The node's session with it; null for none.</summary>
    public NodeSession? Session { get; init; }

    /// <summary>Its machine in the tailnet; null where it is not found there.</summary>
    public TailscaleMachine? Machine { get; init; }

    /// <summary>What dialling it by TCP came to; null where it was not tried.</summary>
    public TcpDial? Dial { get; init; }

    /// <summary>What pinging it through the VPN came to; null where it was not tried.</summary>
    public TailscalePing? Ping { get; init; }

    /// <summary>How it is called in an output.</summary>
    public string Name => Machine is { HostName.Length: > 0 } machine
        ? $"{machine.HostName} ({Output.Words.ShortDid(Nid.Value)})" : Output.Words.ShortDid(Nid.Value);
}

/// <summary>A few connections by TCP, closed at once.</summary>
/// <param name="Tries">How many.</param>
/// <param name="Answered">How many were taken.</param>
/// <param name="Seconds">The fastest; null when none was.</param>
/// <param name="Problem">Why the others were not.</param>
internal sealed record TcpDial(int Tries, int Answered, double? Seconds, DialProblem Problem = DialProblem.None);

/// <summary>Why a connection was not taken.</summary>
internal enum DialProblem
{
    None,
    Refused,
    TimedOut,
    NoSuchHost,
    Other,
}

/// <summary>A repository, and who has what of it.</summary>
/// <param name="Rid">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Problem">Why it cannot be read; null when it can.</param>
/// <param name="IsHere">It is in this node's storage.</param>
internal sealed record MeshRepository(Rid Rid, string Name, bool IsHere, string? Problem = null)
{
    /// <summary>Delegates and allow list; null for a public repository.</summary>
    public IReadOnlyCollection<Did>? Readers { get; init; }

    /// <summary>This node's key may change who reads.</summary>
    public bool IsDelegate { get; init; }

    /// <summary>This node fetches it and tells of it.</summary>
    public bool IsSeeded { get; init; }

    /// <summary>With the patches of strangers.</summary>
    public bool SeedsAll { get; init; }

    /// <summary>What everybody signed last, as it is here, and when by his clock.</summary>
    public IReadOnlyDictionary<Did, SignedAt> Signed { get; init; } = new Dictionary<Did, SignedAt>();

    /// <summary>The other nodes that have it, as far as this node has heard; null when it cannot be asked.</summary>
    public IReadOnlyList<NodeSeed>? Seeds { get; init; }
}

/// <summary>Signed refs.</summary>
/// <param name="Commit">Their commit.</param>
/// <param name="At">When they were signed, in whole seconds.</param>
internal readonly record struct SignedAt(string Commit, DateTimeOffset At);
