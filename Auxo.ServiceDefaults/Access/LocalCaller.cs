using System.Net;

using Auxo.ServiceDefaults.Access.Builds;

using Microsoft.AspNetCore.Http;

namespace Auxo.ServiceDefaults.Access;

/// <summary>
/// Whether a program on this machine is calling. A connection from loopback is not enough: a proxy speaks for somebody else,
/// and a browser for whatever page is open in it, even under a name that its owner has pointed to loopback (DNS rebinding).
/// </summary>
public static class LocalCaller
{
    /// <summary>
    /// True for a program of this machine. A connection without an address is one in memory; a socket of the file system is that of
    /// steps, which are programs of whoever wrote what is built.
    /// </summary>
    public static bool Is(HttpContext http)
    {
        var headers = http.Request.Headers;
        return (http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
            && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded")
            && !headers.ContainsKey("Origin") && headers["Sec-Fetch-Site"].ToString() is "" or "none"
            && IsLocalName(http.Request.Host.Host) && !StepSocket.Is(http);
    }

    private static bool IsLocalName(string host)
        => host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
}
