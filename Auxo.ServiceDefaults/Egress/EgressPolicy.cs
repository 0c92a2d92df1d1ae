using System.Net;
using System.Net.Sockets;

using Microsoft.Extensions.Configuration;

namespace Auxo.ServiceDefaults.Egress;

/// <summary>
/// Which addresses an outgoing call to a user-given URL may reach: the public internet, and what the operator allows besides. Pure; see
/// <see cref="EgressGuard"/> for who applies it.
/// </summary>
/// <param name="allowed">Networks that are reachable although they are not public.</param>
public sealed class EgressPolicy(params IReadOnlyList<IPNetwork> allowed)
{
    /// <summary>The setting, as an environment variable, for messages.</summary>
    public const string Setting = "Auxo__Egress__Allow";

    private const string Clothed = "an IPv4 address in the clothes of IPv6";

    /// <summary>
    /// What is no public address, and what it is. IANA's special-purpose registries (RFC 6890), and the addresses by which
    /// clouds hand credentials to whoever asks, some of which look public. First match wins.
    /// </summary>
    private static readonly (IPNetwork Network, string Kind)[] Denied =
    [
        .. Kinds("a metadata service", "169.254.169.254/32", "169.254.170.2/32", "100.100.100.200/32",
            "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128"),
        .. Kinds("loopback", "127.0.0.0/8", "::1/128"),
        .. Kinds("unspecified", "0.0.0.0/8", "::/128"),
        .. Kinds("private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
        .. Kinds("link-local", "169.254.0.0/16", "fe80::/10"),
        .. Kinds("shared by a carrier or a mesh (CGNAT)", "100.64.0.0/10"),
        .. Kinds("multicast", "224.0.0.0/4", "ff00::/8"),
        .. Kinds("broadcast", "255.255.255.255/32"),
        .. Kinds(Clothed, "::ffff:0:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
        .. Kinds("reserved for documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
        .. Kinds("reserved", "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24",
            "198.18.0.0/15", "240.0.0.0/4",
            "2001::/23", "2620:4f:8000::/48"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Reads <c>Auxo:Egress:Allow</c>: networks or single addresses, between commas or spaces.</summary>
    /// <exception cref="FormatException">An entry is neither; the message names it.</exception>
    public static EgressPolicy From(IConfiguration configuration) => Parse(configuration["Auxo:Egress:Allow"]);

    /// <inheritdoc cref="From"/>
    public static EgressPolicy Parse(string? list)
        => new([.. (list ?? "").Split([',', ' ', ';', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(ParseNetwork)]);

    /// <summary>Why this address may not be reached, in words that follow "is"; null when it may.</summary>
    public string? Refusal(IPAddress address)
    {
        // A zone says through which interface; it must not make an address look unlike the listed one.
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }) address = new IPAddress(address.GetAddressBytes());
        if (IsAllowed(address)) return null;
        if (address.IsIPv4MappedToIPv6) return Clothed; // IPNetwork would look at the inner one
        foreach (var (network, kind) in Denied)
        {
            if (network.Contains(address)) return kind;
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address) ? "reserved" : null;
    }

    /// <summary>An address that holds another one is allowed only if both are: opening NAT64 must not open loopback through it.</summary>
    private bool IsAllowed(IPAddress address)
    {
        var inner = Embedded(address);
        if (address.IsIPv4MappedToIPv6) return allowed.Any(n => n.Contains(inner!));
        return allowed.Any(n => n.Contains(address)) && (inner is null || Refusal(inner) is null);
    }

    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        ReadOnlySpan<byte> bytes = address.GetAddressBytes();
        if (bytes[..2] is [0x20, 0x02]) return new IPAddress(bytes[2..6]);
        var lastFour = bytes[..12] is [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
            or [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0] or [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
        return lastFour ? new IPAddress(bytes[12..]) : null;
    }

    private static IPNetwork ParseNetwork(string text)
    {
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(
            address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw new FormatException(
                $"{Setting} contains '{text}', which is no network. It lists networks such as 10.20.0.0/16 or single "
                    + "addresses, with commas between them.");
    }

    private static IEnumerable<(IPNetwork, string)> Kinds(string kind, params IEnumerable<string> networks)
        => networks.Select(n => (IPNetwork.Parse(n), kind));
}
