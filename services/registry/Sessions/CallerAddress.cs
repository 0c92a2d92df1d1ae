using System.Net;
using System.Net.Sockets;

using Auxo.ServiceDefaults.Access.Builds;

namespace Auxo.Registry.Sessions;

/// <summary>From where somebody tries to sign in.</summary>
internal static class CallerAddress
{
    /// <summary>
    /// The address of the connection; for one of this machine, such as the console's, the last that it names in
    /// <c>X-Forwarded-For</c>. Of IPv6 the first half: one customer has all the rest.
    /// </summary>
    public static string Of(HttpContext http)
    {
        // What it says of itself is its author's word, and its wrong tries are not those of people here.
        if (StepSocket.Is(http)) return "a step";
        var address = http.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        if (IPAddress.IsLoopback(address)
            && IPAddress.TryParse(http.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim(), out var named)) address = named;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]]).ToString()
            : address.ToString();
    }
}
