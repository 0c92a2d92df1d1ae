using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>Checks 1 to 6: the way between two machines. Pure.</summary>
internal static class VpnRules
{
    private const string NoVpn = "no tailscale here";
    private const double SlowSeconds = 0.5;
    private static readonly TimeSpan KeyEndsSoon = TimeSpan.FromDays(14);
    private static readonly TimeSpan HandshakeIsOld = TimeSpan.FromMinutes(5);

    /// <summary>1: an address alone proves nothing, so it must run and be seen by its control server.</summary>
    public static DiagnosisItem Up(MeshReading reading)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(1, "VPN up", state, text, cause, next);
        if (reading.Vpn is not { } vpn) return Of(
            DiagnosisState.NotKnown, NoVpn + ": the nodes meet at plain addresses, or over another VPN");
        // A VPN that no peer is reached over does not part these nodes.
        var bad = reading.Peers.Count == 0
            || reading.Peers.Any(static p => p.Address is { } a && MeshAddress.IsTailnet(a))
            ? DiagnosisState.Critical : DiagnosisState.Warning;
        var says = vpn.Complaints.Count > 0 ? ": " + vpn.Complaints[0] : "";
        return (vpn.Backend, vpn.Self?.IsOnline) switch
        {
            (null, _) => Of(bad, "tailscale does not say how it is", "its service does not run",
                "sudo systemctl enable --now tailscaled"),
            ("NeedsLogin", _) => Of(bad, "tailscale wants a login",
                "this machine has left the tailnet, or was never in it", "tailscale login"),
            ("Running", true) => Of(DiagnosisState.Fine, "tailscale runs, and this machine is online"),
            ("Running", null) => Of(DiagnosisState.NotKnown,
                "tailscale runs; whether its control server sees this machine is not said"),
            ("Running", _) => Of(bad, "tailscale runs, but this machine is not online" + says,
                "its control server does not see this machine", "tailscale netcheck; tailscale up"),
            var (backend, _) => Of(bad, $"tailscale is {backend}{says}", "it was switched off", "tailscale up"),
        };
    }

    /// <summary>2: of this machine and of every peer's.</summary>
    public static DiagnosisItem Keys(MeshReading reading)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(2, "VPN key", state, text, cause, next);
        if (reading.Vpn is not { } vpn) return Of(DiagnosisState.NotKnown, NoVpn);
        if (vpn.Self is not { } self) return Of(DiagnosisState.NotKnown, "tailscale does not tell of this machine");
        var machines = reading.Peers.Select(static p => p.Machine).OfType<TailscaleMachine>().Prepend(self).ToList();
        string Who(TailscaleMachine m) => ReferenceEquals(m, self) ? "this machine" : m.HostName;
        string Renew(TailscaleMachine m) => (ReferenceEquals(m, self) ? "" : $"on {m.HostName}: ")
            + "tailscale up --force-reauth";
        if (machines.Find(m => m.IsExpired || m.KeyExpiry <= reading.Now) is { } ended) return Of(
            DiagnosisState.Critical, $"the key of {Who(ended)} has ended", "nobody renewed it", Renew(ended));
        var first = machines.Where(static m => m.KeyExpiry is not null).MinBy(static m => m.KeyExpiry);
        if (first is null) return Of(DiagnosisState.Fine, "no key with an end is told of");
        var left = first.KeyExpiry!.Value - reading.Now;
        var text = $"the key of {Who(first)} ends in {Duration.Of(left.TotalSeconds)}";
        return left < KeyEndsSoon
            ? Of(DiagnosisState.Warning, text, "keys end by themselves, and with it every connection", Renew(first))
            : Of(DiagnosisState.Fine, text);
    }

    /// <summary>3: the peer's machine.</summary>
    public static DiagnosisItem Online(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(3, "peer online", state, text, cause, next);
        return (reading.Vpn, peer.Machine) switch
        {
            (null, _) => Of(DiagnosisState.NotKnown, NoVpn),
            (_, null) => Of(DiagnosisState.NotKnown, $"no machine of the tailnet has {peer.Address ?? "its address"}"),
            (_, { IsOnline: null }) => Of(DiagnosisState.NotKnown, "tailscale does not say"),
            (_, { IsOnline: true } m) => Of(DiagnosisState.Fine, $"{m.HostName} is online"),
            var (_, m) => Of(DiagnosisState.Critical, $"{m.HostName} is not online",
                "the machine is off, asleep, or has lost the VPN", $"on {m.HostName}: tailscale up"),
        };
    }

    /// <summary>4: a relay works, but every fetch goes around over it.</summary>
    public static DiagnosisItem Path(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(4, "path", state, text, cause, next);
        if (reading.Vpn is null) return Of(DiagnosisState.NotKnown, NoVpn);
        if (peer.Machine is not { } m) return Of(DiagnosisState.NotKnown, "the peer is not in the tailnet");
        return IsDirect(peer) switch
        {
            true => Of(DiagnosisState.Fine, "direct" + (m.DirectAddress is { Length: > 0 } at ? ", by " + at : "")),
            false => Of(DiagnosisState.Warning,
                $"over a relay{(m.Relay is { Length: > 0 } relay ? " (" + relay + ")" : "")}",
                "no UDP comes through between the two machines",
                "let UDP 41641 in on one of the two, then: tailscale ping " + m.HostName),
            null => Of(DiagnosisState.NotKnown, "no traffic at the moment, so there is no path"),
        };
    }

    /// <summary>
    /// False: over a relay; null: not known, or nothing goes over it now. What the ping came by counts first.
    /// </summary>
    public static bool? IsDirect(MeshPeer peer)
        => peer.Ping?.IsDirect ?? peer.Machine switch
        {
            { DirectAddress.Length: > 0 } => true,
            { IsActive: true, Relay.Length: > 0 } => false,
            _ => null,
        };

    /// <summary>5: traffic without a handshake goes nowhere.</summary>
    public static DiagnosisItem Handshake(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(5, "handshake", state, text, cause, next);
        if (reading.Vpn is null) return Of(DiagnosisState.NotKnown, NoVpn);
        if (peer.Machine is not { } m) return Of(DiagnosisState.NotKnown, "the peer is not in the tailnet");
        var last = m.LastHandshake is { } at ? Amounts.Ago(reading.Now, at) : "never";
        return m.IsActive switch
        {
            null => Of(DiagnosisState.NotKnown, "tailscale does not say whether there is traffic"),
            false => Of(DiagnosisState.Fine, $"no traffic at the moment; the last one: {last}"),
            true when m.LastHandshake is { } then
                && reading.Now - then <= HandshakeIsOld => Of(DiagnosisState.Fine, last),
            true => Of(DiagnosisState.Warning, $"there is traffic, but the last handshake: {last}",
                "what is sent is not answered: a firewall drops it, or the peer's key has changed",
                "tailscale ping " + m.HostName),
        };
    }

    /// <summary>6: by the VPN's own ping, else by how long connections take.</summary>
    public static DiagnosisItem RoundTrip(MeshReading reading, MeshPeer peer)
    {
        DiagnosisItem Of(DiagnosisState state, string text, string? cause = null, string? next = null)
            => new(6, "round trip", state, text, cause, next);
        var (sent, answered, seconds, way) = (peer.Ping, peer.Dial) switch
        {
            ({ } ping, _) => (ping.Sent, ping.Answered, ping.Seconds, "tailscale ping"),
            (_, { } dial) => (dial.Tries, dial.Answered, dial.Seconds, "TCP"),
            _ => (0, 0, null, ""),
        };
        if (sent == 0) return Of(DiagnosisState.NotKnown, "its address is not known");
        if (seconds is not { } fastest) return peer.Ping is null
            ? Of(DiagnosisState.NotKnown, "no connection, so no time (check 7)")
            : Of(DiagnosisState.Critical, $"none of {sent} came back ({way})",
                "nothing goes through the VPN to this machine",
                "on both machines: tailscale netcheck");
        var text = $"{fastest * 1000:0.#} ms, {sent - answered} of {sent} lost ({way})";
        return answered < sent
            ? Of(DiagnosisState.Warning, text, "the network loses packets",
                $"mtr {MeshAddress.HostOf(peer.Address ?? "")}")
            : fastest > SlowSeconds
                ? Of(DiagnosisState.Warning, text, "the way is long, or full",
                    $"mtr {MeshAddress.HostOf(peer.Address ?? "")}")
                : Of(DiagnosisState.Fine, text);
    }
}
