using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Prometheus;

namespace Auxo.Benchmarks.Metrics;

/// <summary>
/// prometheus-net, the usual client library of .NET, with as many series of the same labels, served by Kestrel in this process.
/// </summary>
internal sealed class PrometheusNet : IAsyncDisposable
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly WebApplication _app;

    private PrometheusNet(WebApplication app) => _app = app;

    /// <summary>Where its page is.</summary>
    public Uri Page
        => new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "metrics");

    /// <summary>Starts it with so many series.</summary>
    public static async Task<PrometheusNet> StartAsync(int series, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var side = new PrometheusNet(app);
        var factory = Prometheus.Metrics.WithCustomRegistry(side._registry);
        const int families = 40;
        var gauges = Enumerable.Range(0, families)
            .Select(i
                => factory.CreateGauge($"radicle_dora_number_{i}_seconds", "Some number of the window, by statistic.",
                    "repo", "window", "stat")).ToList();
        for (var i = 0; i < series; i++) gauges[i % families]
            .WithLabels($"git:busy{i / families:000}-{i / families:x8}", "30d", "p50").Set(1234.5678 + i);
        app.MapGet("/metrics", http =>
        {
            http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return side._registry.CollectAndExportAsTextAsync(http.Response.Body, http.RequestAborted);
        });
        await app.StartAsync(ct);
        return side;
    }

    /// <summary>Writes the page into nothing: what it takes without HTTP.</summary>
    public Task RenderAsync(CancellationToken ct) => _registry.CollectAndExportAsTextAsync(Stream.Null, ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
