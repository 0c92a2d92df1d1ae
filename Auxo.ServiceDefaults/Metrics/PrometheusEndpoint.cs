using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// <c>GET /metrics</c>: OpenMetrics for who accepts it, else Prometheus text. Open on this machine, else for the scope
/// <c>metrics:read</c>.
/// </summary>
internal static class PrometheusEndpoint
{
    private const string Prometheus = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public static void MapMetrics(this WebApplication app)
        => app.MapGet("/metrics", Get).WithName("metrics").RequireScopeUnlessLoopback("metrics:read").DisableHttpMetrics();

    private static async Task Get(
        HttpContext http, MetricsCollector collector, PreparedMetrics prepared, CancellationToken cancellationToken)
    {
        var openMetrics = AcceptsOpenMetrics(http.Request);
        http.Response.ContentType = openMetrics ? OpenMetrics : Prometheus;
        prepared.Write(http.Response.BodyWriter, openMetrics);
        collector.Write(http.Response.BodyWriter, openMetrics);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>OpenMetrics wins where it is accepted at least as gladly as plain text; <c>*/*</c> gets plain text.</summary>
    internal static bool AcceptsOpenMetrics(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        var open = accepted.Where(static m => m.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
            .Select(static m => m.Quality ?? 1).DefaultIfEmpty(0).Max();
        var plain = accepted.Where(static m => m.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            .Select(static m => m.Quality ?? 1).DefaultIfEmpty(0).Max();
        return open > 0 && open >= plain;
    }
}
