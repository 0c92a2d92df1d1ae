using System.Diagnostics.Metrics;

using Npgsql;

using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>Whose metrics are kept, and what they are called on <c>/metrics</c>: names there are a promise (decision 041).</summary>
internal static class PrometheusConfiguration
{
    /// <summary>OpenTelemetry's buckets of durations, in seconds; the SDK's own default is meant for milliseconds.</summary>
    private static readonly double[] SecondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    public static void AddPrometheus(this MeterProviderBuilder metrics)
        => metrics
            .AddMeter("Auxo.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http")
            .AddRuntimeInstrumentation()
            .AddNpgsqlInstrumentation()
            .AddView(View)
            .AddPrometheusExporter(static prometheus =>
            {
                prometheus.TranslationStrategy = PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes;
                prometheus.ScopeInfoEnabled = false;
                prometheus.TargetInfoEnabled = false;

                // A scrape shows the values of its own moment, also right after another one.
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            });

    /// <summary>What differs from the SDK's defaults; null for everything else.</summary>
    private static MetricStreamConfiguration? View(Instrument instrument) => instrument switch
    {
        // The server's address is the folder of its socket, which says where the instance lies and nothing that is measured.
        { Name: "db.client.operation.duration" }
            => new MetricStreamConfiguration { TagKeys = ["db.client.connection.pool.name", "db.system.name"] },
        Histogram<double> { Unit: "s", Advice: null } => new ExplicitBucketHistogramConfiguration { Boundaries = SecondsBuckets },
        // "_count" belongs to histograms; promtool rejects it elsewhere (dotnet.timer.count, db.client.connection.count).
        { Name: var name } when name.EndsWith(".count", StringComparison.Ordinal)
            => new MetricStreamConfiguration { Name = name[..^"count".Length] + "number" },
        _ => null,
    };
}
