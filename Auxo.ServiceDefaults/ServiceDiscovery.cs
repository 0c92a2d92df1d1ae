using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Auxo.ServiceDefaults;

/// <summary>
/// Lets clients say <c>http://pipeline</c> or <c>https+http://pipeline</c>: the address comes from the configuration
/// (<c>services:pipeline:http:0</c>, set by the AppHost as <c>services__pipeline__http__0</c>). Hosts that are not configured
/// pass untouched.
/// </summary>
public sealed class ServiceDiscoveryHandler(IConfiguration configuration) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { IsAbsoluteUri: true } uri) request.RequestUri = Resolve(uri);
        return base.SendAsync(request, cancellationToken);
    }

    /// <summary>The address behind a logical one; the same address when it is none.</summary>
    /// <exception cref="HttpRequestException">The scheme is <c>https+http</c> and no address is configured.</exception>
    public Uri Resolve(Uri uri)
    {
        // An address with a port of its own was meant as it stands.
        if (!uri.IsDefaultPort && uri.Port != -1) return uri;
        var schemes = uri.Scheme.Split('+');
        foreach (var scheme in schemes)
        {
            if (configuration[$"services:{uri.Host}:{scheme}:0"] is { Length: > 0 } address
                && Uri.TryCreate(address, UriKind.Absolute, out var target))
                return new UriBuilder(uri) { Scheme = target.Scheme, Host = target.Host, Port = target.Port }.Uri;
        }

        return schemes.Length == 1
            ? uri
            : throw new HttpRequestException($"No address of '{uri.Host}' is configured: set services__{uri.Host}__http__0.");
    }
}

/// <summary>Registers <see cref="ServiceDiscoveryHandler"/> for every client of the factory.</summary>
internal static class ServiceDiscoveryConfiguration
{
    public static void AddServiceDiscovery(this IServiceCollection services)
    {
        services.TryAddTransient<ServiceDiscoveryHandler>();
        services.ConfigureHttpClientDefaults(static client => client.AddHttpMessageHandler<ServiceDiscoveryHandler>());
    }
}
