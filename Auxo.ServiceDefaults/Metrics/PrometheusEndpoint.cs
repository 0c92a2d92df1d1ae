using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// <c>GET /metrics</c>: OpenMetrics for clients that prefer it, else Prometheus text. Open on this machine, else for the scope
/// <c>metrics:read</c>.
/// </summary>
internal static class PrometheusEndpoint
{
    /// <summary>The exporter's part is some 20 KiB; only a part beyond this would be kept in a file until it is sent.</summary>
    private const int BufferBytes = 8 << 20;

    public static void MapMetrics(this WebApplication app)
    {
        var page = ((IEndpointRouteBuilder)app).CreateApplicationBuilder();
        page.Use(WritePreparedFirst);
        page.UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true);
        app.MapMethods("/metrics", [HttpMethods.Get, HttpMethods.Head], page.Build())
            .WithName("metrics").RequireScopeUnlessLoopback("metrics:read").DisableHttpMetrics();
    }

    /// <summary>Before the exporter's part, because that one ends with OpenMetrics' mark of the end.</summary>
    private static async Task WritePreparedFirst(HttpContext http, RequestDelegate next)
    {
        // Both parts are one body: the exporter must not compress its own.
        http.Request.Headers.AcceptEncoding = default;
        var body = http.Response.Body;
        await using var exported = new FileBufferingWriteStream(BufferBytes);
        http.Response.Body = exported;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = body;
        }

        http.Response.ContentLength = null;
        if (http.Response.StatusCode == StatusCodes.Status200OK)
            http.RequestServices.GetRequiredService<PreparedMetrics>().Write(http.Response.BodyWriter, IsOpenMetrics(http.Response));
        await exported.DrainBufferAsync(http.Response.BodyWriter, http.RequestAborted);
    }

    private static bool IsOpenMetrics(HttpResponse response)
        => response.ContentType?.StartsWith("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) == true;
}
