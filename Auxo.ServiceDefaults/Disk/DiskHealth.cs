using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Auxo.ServiceDefaults.Disk;

/// <summary>Registers the guard of a service that makes data, and shows in <c>/health</c> when it says no.</summary>
public static class DiskHealth
{
    /// <summary>
    /// Adds a <see cref="DiskGuard"/> for the disk of <paramref name="folder"/>. The service stays healthy (it can do all but
    /// grow), but is <c>degraded</c>.
    /// </summary>
    public static IServiceCollection AddDiskGuard(this IServiceCollection services, IConfiguration configuration, string folder)
    {
        services.AddSingleton(DiskGuard.From(configuration, folder));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "disk", static provider
                => new Check(provider.GetRequiredService<DiskGuard>()), HealthStatus.Degraded, tags: null, TimeSpan.FromSeconds(3)));
        return services;
    }

    private sealed class Check(DiskGuard guard) : IHealthCheck
    {
        /// <summary>Without the figures: anybody may ask for the health.</summary>
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
            => Task.FromResult(guard.Refuse() is null
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded("the disk is nearly full: nothing that grows is begun"));
    }
}
