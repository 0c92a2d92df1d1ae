using System.Net;

using Microsoft.AspNetCore.HttpOverrides;

using IPNetwork = System.Net.IPNetwork;

namespace Auxo.Console.Serving;

/// <summary>
/// Which proxies say for whom they speak, under which name and by TLS (<c>X-Forwarded-For</c>, <c>-Host</c>, <c>-Proto</c>). What
/// anybody else says in these headers is not looked at.
/// </summary>
internal static class TrustedProxies
{
    private const string Setting = "Auxo:Console:TrustedProxies";

    /// <summary>Reads <c>Auxo__Console__TrustedProxies</c>: addresses and networks, separated by commas.</summary>
    public static void AddTrustedProxies(this WebApplicationBuilder builder)
        => builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto;
            // As many as there are, as long as each of them is one of these.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in Networks(builder.Configuration)) options.KnownIPNetworks.Add(network);
        });

    /// <summary>Before everything that asks where a request comes from.</summary>
    public static void UseTrustedProxies(this WebApplication app) => app.Use(next =>
        // With none at all, the framework would believe everybody. It is made while it starts: what is wrong is said on one line then.
        Networks(app.Configuration).Count == 0 ? next
            : ActivatorUtilities.CreateInstance<ForwardedHeadersMiddleware>(app.Services, next).Invoke);

    /// <exception cref="RefusedStartException">One of them is neither an address nor a network.</exception>
    public static IReadOnlyList<IPNetwork> Networks(IConfiguration configuration) => Networks(configuration[Setting]);

    /// <exception cref="RefusedStartException">One of them is neither an address nor a network.</exception>
    internal static IReadOnlyList<IPNetwork> Networks(string? setting)
        => [.. (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static text
            => IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
                : IPNetwork.TryParse(text, out var network) ? network
                : throw new RefusedStartException(
                    $"Auxo__Console__TrustedProxies: '{text}' is neither an address such as 10.0.0.2 nor a network such as 10.0.0.0/8."))];
}
