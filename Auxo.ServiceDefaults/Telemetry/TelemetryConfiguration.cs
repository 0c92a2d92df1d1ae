using System.Diagnostics;
using System.Runtime.CompilerServices;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Auxo.ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs by OTLP if, and only if, <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Otherwise none of OpenTelemetry
/// is even loaded; trace ids exist nevertheless, since every event, envelope and log line carries one.
/// </summary>
internal static class TelemetryConfiguration
{
    /// <summary>The runtime, ASP.NET Core and Npgsql emit these by themselves; no instrumentation package is needed.</summary>
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Auxo.*"];

    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            builder.Services.AddHostedService<TraceIds>();
        else
            AddOtlp(builder, service);
    }

    /// <summary>In a method of its own, so that the assemblies are loaded only when it runs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOtlp(WebApplicationBuilder builder, string service)
    {
        // ASP.NET Core 10 puts http.route, url.path and the like on its activities only when asked.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        builder.Services.AddSingleton(provider => OpenTelemetrySdk.Create(sdk => sdk
            .ConfigureResource(r => r.AddService(
                Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME")
                    ?? service, serviceNamespace: "auxo", provider.GetRequiredService<ServiceIdentity>().Version))
            .WithTracing(static t => t.AddSource(Sources).AddProcessor(new WithoutProbes()))
            .WithMetrics(static m => m.AddMeter(Metrics.MetricsCollector.Meters))
            .WithLogging()
            .UseOtlpExporter()));
        builder.Services.AddHostedService(static provider => new Exporting(provider.GetRequiredService<OpenTelemetrySdk>()));
        builder.Services.AddSingleton<ILoggerProvider>(static provider => new Forwarding(provider.GetRequiredService<OpenTelemetrySdk>()));
    }

    /// <summary>Probes come every few seconds and tell nothing.</summary>
    private sealed class WithoutProbes : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.GetTagItem("url.path") is "/health" or "/alive" or "/metrics") data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>Touches the SDK at start, so that the first request is exported too.</summary>
    private sealed class Exporting(OpenTelemetrySdk sdk) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = sdk.TracerProvider;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Hands every log line to the SDK's own logger.</summary>
    private sealed class Forwarding(OpenTelemetrySdk sdk) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => sdk.GetLoggerFactory().CreateLogger(categoryName);

        public void Dispose()
        {
            // The container disposes of the SDK.
        }
    }

    /// <summary>Makes activities of requests and of our own sources exist, with ids and nothing else, where nobody exports them.</summary>
    private sealed class TraceIds : IHostedService, IDisposable
    {
        private readonly ActivityListener _listener = new()
        {
            ShouldListenTo = static source
                => source.Name == "Microsoft.AspNetCore" || source.Name.StartsWith("Auxo.", StringComparison.Ordinal),
            Sample = static (ref _) => ActivitySamplingResult.PropagationData,
        };

        public Task StartAsync(CancellationToken cancellationToken)
        {
            ActivitySource.AddActivityListener(_listener);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _listener.Dispose();
    }
}
