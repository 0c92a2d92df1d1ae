using System.Text.Json;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

using Npgsql;

namespace Auxo.ServiceDefaults;

/// <summary>
/// <c>/alive</c>: the process answers (checks tagged <c>live</c>); whoever sees it fail starts the process again.
/// <c>/health</c>: it can do its work (all checks); whoever sees it fail waits.
/// </summary>
internal static class Health
{
    private const string Live = "live";

    public static void AddHealth(this IServiceCollection services)
        => services.AddHealthChecks()
            .AddCheck("self", static () => HealthCheckResult.Healthy(), [Live])
            .Add(new HealthCheckRegistration(
                "database", static provider => new DatabaseCheck(provider), HealthStatus.Unhealthy, tags: null, TimeSpan.FromSeconds(3)));

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous().DisableHttpMetrics();
        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            ResponseWriter = WriteAsync, Predicate = static check => check.Tags.Contains(Live),
        })
            .AllowAnonymous().DisableHttpMetrics();
    }

    /// <summary>Names, states and our own descriptions; never an exception's text, since anybody may ask.</summary>
    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status.ToString().ToLowerInvariant());
        json.WriteStartArray("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("status", entry.Status.ToString().ToLowerInvariant());
            if (entry.Description is not null) json.WriteString("description", entry.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>One round trip to the service's own database; healthy where the service has none.</summary>
    private sealed class DatabaseCheck(IServiceProvider provider) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (provider.GetService<NpgsqlDataSource>() is not { } source) return HealthCheckResult.Healthy("no database is used");
            try
            {
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy(
                    $"PostgreSQL does not answer: {(e is OperationCanceledException ? "no answer in time" : "is it running?")}");
            }
        }
    }
}
