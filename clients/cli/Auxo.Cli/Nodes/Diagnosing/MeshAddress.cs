using System.Net;
using System.Net.Sockets;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>Addresses as nodes write them: <c>host:port</c>, <c>[v6]:port</c>.</summary>
internal static class MeshAddress
{
    /// <summary>The host without port and brackets.</summary>
    public static string HostOf(string address)
        => (address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address).Trim('[', ']');

    /// <summary>
    /// An address that tailscale and headscale give: 100.64.0.0/10, fd7a:115c:a1e0::/48, or a name of MagicDNS.
    /// </summary>
    public static bool IsTailnet(string address)
        => IPAddress.TryParse(HostOf(address), out var ip)
            ? ip.GetAddressBytes() is [100, >= 64 and < 128, _, _] or [0xfd, 0x7a, 0x11, 0x5c, 0xa1, 0xe0, ..]
            : HostOf(address).TrimEnd('.').EndsWith(".ts.net", StringComparison.OrdinalIgnoreCase);

    /// <summary>An address of one's own net, a VPN or this machine: public seeds have none.</summary>
    public static bool IsPrivate(string address)
        => IPAddress.TryParse(HostOf(address), out var ip)
            && (IsTailnet(address) || IPAddress.IsLoopback(ip)
                || (ip.AddressFamily == AddressFamily.InterNetworkV6 ? ip.IsIPv6UniqueLocal || ip.IsIPv6LinkLocal
                    : ip.GetAddressBytes() is [10, ..] or [192, 168, ..] or [172, >= 16 and < 32, ..] or [169, 254,
                    ..]));

    /// <summary>Only this machine reaches it.</summary>
    public static bool IsLoopback(string address)
        => HostOf(address) is "localhost"
            || (IPAddress.TryParse(HostOf(address), out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Reached at every address of the machine.</summary>
    public static bool IsEverywhere(string address) => HostOf(address) is "0.0.0.0" or "::";
}
