using System.Globalization;
using System.Net.NetworkInformation;

using Auxo.Contracts;

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
    /// <summary>Where the console listens for TLS, unless <c>Auxo__Console__Tls__Port</c> says otherwise.</summary>
    public const int UsualTlsPort = 8443;

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

        if (PublicUrl(configuration) is { } known) names.Add(known.Host);
        names.AddRange(Given(configuration));
        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Whether it is one of them, or below one that the operator gave as <c>*.example.org</c>.</summary>
    public static bool Has(IConfiguration configuration, string host) => Matches(host, Of(configuration));

    /// <summary>
    /// Whether the console is what answers there: under one of its names at its own port or that of its TLS, at its public address,
    /// or, under a name that the operator gave, where a proxy listens for browsers. Another port may be another program's.
    /// </summary>
    /// <param name="configuration">Of this process; <c>./auxo up</c> gives the same to all.</param>
    /// <param name="asked">The host and port that was asked, as an address of http.</param>
    public static bool IsAt(IConfiguration configuration, Uri asked)
    {
        if (PublicUrl(configuration)?.Authority.Equals(asked.Authority, StringComparison.OrdinalIgnoreCase) is true) return true;
        if (!Has(configuration, asked.Host)) return false;
        return asked.Port == Port(configuration["AUXO_PORTS_CONSOLE"], KnownServices.ConsolePort)
            || configuration["Auxo:Console:Tls:Certificate"] is { Length: > 0 }
                && asked.Port == Port(configuration["Auxo:Console:Tls:Port"], UsualTlsPort)
            || asked.IsDefaultPort && Matches(asked.Host, Given(configuration));
    }

    private static int Port(string? setting, int usual)
        => int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : usual;

    private static Uri? PublicUrl(IConfiguration configuration)
        => Uri.TryCreate(configuration["Auxo:Console:PublicUrl"] ?? configuration["Auxo:PublicUrl"], UriKind.Absolute, out var url)
            ? url : null;

    private static string[] Given(IConfiguration configuration)
        => (configuration["Auxo:Console:Hosts"] ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool Matches(string host, IEnumerable<string> names)
        => HostString.MatchesAny(host, [.. names.Select(static name => new StringSegment(name))]);

    private static IEnumerable<string> OwnAddresses()
        => NetworkInterface.GetAllNetworkInterfaces().SelectMany(static card => card.GetIPProperties().UnicastAddresses)
            .Select(static a => a.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? $"[{new System.Net.IPAddress(a.Address.GetAddressBytes())}]" : a.Address.ToString());
}
