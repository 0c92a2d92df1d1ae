using System.Net.NetworkInformation;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Auxo.ServiceDefaults.Access;

/// <summary>
/// Under which names the console may be asked for. Anybody can point a name of his own to an address of this machine; a page under that
/// name could then read what the console answers (DNS rebinding), and be signed in to with a challenge passed on.
/// </summary>
public static class ConsoleHosts
{
    /// <summary>The names of this machine, the address it listens on, and what the operator gave.</summary>
    public static IList<string> Of(IConfiguration configuration)
    {
        var names = new List<string> { "localhost", "127.0.0.1", "[::1]" };
        foreach (var url in (configuration["ASPNETCORE_URLS"] ?? configuration["urls"] ?? "").Split(';'))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var listened)) continue;
            // As a name, every address would allow every name; what is meant is each address of this machine.
            if (listened.Host is "0.0.0.0" or "[::]") names.AddRange(OwnAddresses());
            else names.Add(listened.Host);
        }

        var address = configuration["Auxo:Console:PublicUrl"] ?? configuration["Auxo:PublicUrl"];
        if (Uri.TryCreate(address, UriKind.Absolute, out var known)) names.Add(known.Host);
        names.AddRange((configuration["Auxo:Console:Hosts"] ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Whether it is one of them, or below one that the operator gave as <c>*.example.org</c>.</summary>
    public static bool Has(IConfiguration configuration, string host)
        => HostString.MatchesAny(host, [.. Of(configuration).Select(static name => new StringSegment(name))]);

    private static IEnumerable<string> OwnAddresses()
        => NetworkInterface.GetAllNetworkInterfaces().SelectMany(static card => card.GetIPProperties().UnicastAddresses)
            .Select(static a => a.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? $"[{new System.Net.IPAddress(a.Address.GetAddressBytes())}]" : a.Address.ToString());
}
