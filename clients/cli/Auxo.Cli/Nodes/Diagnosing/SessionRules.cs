using Auxo.Cli.Output;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>Checks 7, 8, 9 and 13: the two nodes and their clocks. Pure.</summary>
internal static class SessionRules
{
    private const string Everywhere = "0.0.0.0:8776";
    private static readonly TimeSpan ClockWarns = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockBreaks = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WholeSecond = TimeSpan.FromSeconds(1);

    /// <summary>7: does the peer's port take connections from here?</summary>
    public static DiagnosisItem Port(MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(7, "peer's port", state, text, cause, next);
        if (peer is not { Address: { } address, Dial: { } dial }) return Of(
            DiagnosisState.NotKnown, "the peer dialled this node, so where it listens is not known",
            next: $"auxo node diagnose --peer {peer.Nid.Nid}@HOST:8776");
        if (dial.Answered > 0) return Of(DiagnosisState.Fine, $"{address} takes connections");
        var (cause, next) = dial.Problem switch
        {
            DialProblem.Refused => ("nobody listens there: its node is stopped, or listens elsewhere",
                "on the peer: auxo node fix --listen 0.0.0.0:" + PortOf(address)),
            DialProblem.NoSuchHost => ("the name is not known here",
                $"getent hosts {MeshAddress.HostOf(address)}; else use its address"),
            DialProblem.TimedOut => ("the machine is off, or a firewall drops it",
                "on the peer: the firewall lines of auxo node setup --dry-run"),
            _ => ("the network does not lead there", $"ping {MeshAddress.HostOf(address)}"),
        };
        // It can be reached by the session that it began, until that ends.
        return peer.Session is { Connected: true }
            ? Of(DiagnosisState.Warning, $"{address} takes no connection, but the peer could dial this node",
                "one way only: " + cause, next)
            : Of(DiagnosisState.Critical, $"{address} takes no connection", cause, next);
    }

    /// <summary>8: can the peers dial this node?</summary>
    public static DiagnosisItem Listens(MeshReading reading)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(8, "node listens", state, text, cause, next);
        if (reading.Listens is not { } listens) return Of(
            DiagnosisState.Critical, reading.NodeProblem ?? "the node does not answer",
            "it was stopped, or has never been started",
            "auxo node fix");
        if (listens.Count == 0) return Of(
            DiagnosisState.Warning, "the node only dials; nobody can dial it", "node.listen of config.json is empty",
            $"auxo node fix --listen {Everywhere}");
        var text = "listens on " + string.Join(", ", listens);
        if (listens.Any(MeshAddress.IsEverywhere)) return Of(DiagnosisState.Fine, text);
        if (listens.All(MeshAddress.IsLoopback))
            return reading.Peers.All(static p => p.Address is null || MeshAddress.IsLoopback(p.Address))
                && reading.Peers.Any(static p => p.Address is not null || p.Session is { Address: { } at }
                && MeshAddress.IsLoopback(at))
                ? Of(DiagnosisState.Fine, text + "; every peer is on this machine")
                : Of(DiagnosisState.Warning, text + ": this machine only",
                    "node.listen of config.json names a loopback address",
                    $"auxo node fix --listen {Everywhere}");
        return reading.Vpn?.Self is { Addresses: { Count: > 0 } tailnet }
            && reading.Peers.Any(static p => p.Address is { } a && MeshAddress.IsTailnet(a))
            && !listens.Any(l => tailnet.Contains(MeshAddress.HostOf(l)))
            ? Of(DiagnosisState.Warning, $"{text}, not on its address in the VPN ({tailnet[0]})",
                "node.listen of config.json names another address", $"auxo node fix --listen {Everywhere}")
            : Of(DiagnosisState.Fine, text);
    }

    /// <summary>9: one session carries both directions, so both nodes must agree that it stands.</summary>
    public static DiagnosisItem Session(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(9, "session", state, text, cause, next);
        if (reading.Listens is null) return Of(DiagnosisState.NotKnown, "this node cannot be asked (check 8)");
        var dial = $"auxo node fix --peer {peer.Nid.Nid}@{peer.Address ?? "HOST:8776"}";
        if (peer.Session is not { } session) return peer.IsDialled
            ? Of(DiagnosisState.Critical, "no session", "this node does not dial it", dial)
            : Of(DiagnosisState.Critical, "no session", "neither of the two nodes dials the other",
                dial + "; to keep it: add it to node.connect of config.json");
        if (!session.Connected) return Of(
            DiagnosisState.Critical, "dialled, and not connected", peer.Dial is { Answered: > 0 }
                ? "something answers there, but not this node: another key, or it refuses this one"
                : "the peer does not answer (check 7)", dial);
        var heard = reading.Repositories.Count(r =>
            r.Seeds?.Any(s => s.Nid == peer.Nid && s.AnnouncedAt is not null) == true);
        return Of(DiagnosisState.Fine, (session.IsOutbound switch
        {
            true => "connected, dialled by this node", false => "connected, dialled by the peer", null => "connected",
        }) + (heard > 0 ? $"; it has told of {Counted(heard)}" : ""));
    }

    /// <summary>
    /// 13: what the peer announced bears its own clock. It cannot have said before it had something that it has it, nor
    /// later than now.
    /// </summary>
    public static DiagnosisItem Clock(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(13, "clock", state, text, cause, next);
        if (ClockBounds(reading, peer) is not var (ahead, behind)) return Of(
            DiagnosisState.NotKnown, "the peer has announced nothing from which its clock could be seen");
        var off = ahead > TimeSpan.Zero ? ahead : behind;
        if (off < ClockWarns) return Of(DiagnosisState.Fine,
            "nothing that the peer announced speaks against its clock");
        var text =
            $"the peer's clock is at least {Duration.Of(off.TotalSeconds)} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this one";
        return Of(
            off < ClockBreaks ? DiagnosisState.Warning : DiagnosisState.Critical, text,
            "one of the two clocks is not set by a time server",
            "on both machines: timedatectl set-ntp true; timedatectl timesync-status");
    }

    /// <summary>
    /// How far the peer's clock is at least ahead, and at least behind; zero is possible. Null where nothing is known.
    /// </summary>
    private static (TimeSpan Ahead, TimeSpan Behind)? ClockBounds(MeshReading reading, MeshPeer peer)
    {
        (TimeSpan Ahead, TimeSpan Behind)? bounds = null;
        foreach (var repository in reading.Repositories)
        {
            if (repository.Seeds?.FirstOrDefault(s =>
                s.Nid == peer.Nid) is not { AnnouncedAt: { } announced } seed) continue;
            // Both times may be cut to whole seconds.
            var ahead = announced - reading.Now;
            var behind = seed.IsInSync == true && repository.Signed.TryGetValue(reading.Own, out var own)
                ? own.At - announced - WholeSecond : TimeSpan.MinValue;
            bounds = bounds is var (a, b) ? (ahead > a ? ahead : a, behind > b ? behind : b) : (ahead, behind);
        }

        return bounds is var (most, least) ? (Positive(most), Positive(least)) : null;
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private static string PortOf(string address) => address[(address.LastIndexOf(':') + 1)..];

    private static string Counted(int count) => count == 1 ? "1 repository" : $"{count} repositories";
}
