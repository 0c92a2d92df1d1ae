using Auxo.Console.Access;

namespace Auxo.Console.Serving;

/// <summary>
/// Reads the settings of TLS, proxies and the public address before anything else starts, so that a wrong one is said on one line:
/// the framework logs what fails in the making of its own parts with all that led there.
/// </summary>
internal sealed class RightSettings(IServiceProvider services, IConfiguration configuration) : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="RefusedStartException">One of them makes no sense.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = services.GetRequiredService<PublicAddress>();
        _ = services.GetService<TlsCertificate>()?.Context;
        _ = TrustedProxies.Networks(configuration);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
