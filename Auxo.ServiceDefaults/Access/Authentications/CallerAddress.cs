using System.Net;
using System.Net.Sockets;

using Auxo.ServiceDefaults.Access.Builds;

using Microsoft.AspNetCore.Http;

namespace Auxo.ServiceDefaults.Access.Authentications;

/// <summary>From where somebody tries to get in.</summary>
public static class CallerAddress
{
    /// <summary>Whoever comes in by the socket of steps: what a step says of itself is its author's word.</summary>
    public const string OfAStep = "a step";

    /// <summary>
    /// The address of the connection; for one of this machine, such as the console's, the last that it names in
    /// <c>X-Forwarded-For</c>. Of IPv6 the first half: one customer has all the rest.
    /// </summary>
    public static string Of(HttpContext http) => Address(http)?.ToString() ?? OfAStep;

    /// <summary>The same, not yet as text; null for a step.</summary>
    internal static IPAddress? Address(HttpContext http)
    {
        if (StepSocket.Is(http)) return null;
        var address = http.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        if (IPAddress.IsLoopback(address) && http.Request.Headers["X-Forwarded-For"] is { Count: > 0 } forwarded
            && IPAddress.TryParse(forwarded.ToString().Split(',')[^1].Trim(), out var named)) address = named;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address)
            ? new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]])
            : address;
    }
}
