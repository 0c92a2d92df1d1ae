using System.Diagnostics;
using System.Runtime.CompilerServices;

using Auxo.ServiceDefaults.Metrics;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Npgsql;

using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Auxo.ServiceDefaults.Telemetry;

/// <summary>
/// Metrics for <c>/metrics</c> always; traces, metrics and logs by OTLP if, and only if, <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is
/// set. Trace ids exist in both cases, since every event, message and log line carries one.
/// </summary>
internal static class TelemetryConfiguration
{
    public static void AddTelemetry(this WebApplicationBuilder builder, ServiceIdentity service)
    {
        // The instance's id comes from OTEL_RESOURCE_ATTRIBUTES, where the dashboard has its own for each process.
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                builder.Configuration["OTEL_SERVICE_NAME"] ?? service.Name, serviceNamespace: "auxo", service.Version,
                autoGenerateServiceInstanceId: false))
            .WithMetrics(static metrics => metrics.AddPrometheus());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            builder.Services.AddHostedService<TraceIds>();
        else
            AddOtlp(telemetry);
    }

    /// <summary>In a method of its own, so that the assemblies of tracing are loaded only when it runs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOtlp(OpenTelemetryBuilder telemetry)
        => telemetry
            .WithTracing(static tracing => tracing
                .SetSampler(new ParentBasedSampler(new WithoutLooks()))
                .AddSource("Auxo.*", "Wolverine", "Marten")
                .AddAspNetCoreInstrumentation(static requests => requests.Filter = static http => !IsProbe(http.Request.Path))
                .AddHttpClientInstrumentation()
                .AddNpgsql()
                .AddProcessor(new WithoutPolls()))
            .WithLogging(configureBuilder: null, static logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter();

    /// <summary>Probes come every few seconds and say nothing.</summary>
    private static bool IsProbe(PathString path) => path == "/health" || path == "/alive" || path == "/metrics";

    /// <summary>A query that belongs to no work is a poll: several come every second, and would push the real traces out.</summary>
    private sealed class WithoutPolls : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.Source.Name == "Npgsql" && data.ParentSpanId == default) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>Marten's daemon looks for new events several times a second, and each look is a trace with queries of its own.</summary>
    private sealed class WithoutLooks : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
            => new(samplingParameters.Name.StartsWith("marten.daemon.highwater", StringComparison.Ordinal)
                ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }

    /// <summary>
    /// Makes the activities of requests, of the bus and of our own sources exist, with ids and nothing else, where no exporter
    /// reads them. So nothing of the SDK's tracing is loaded there.
    /// </summary>
    private sealed class TraceIds : IHostedService, IDisposable
    {
        private readonly ActivityListener _listener = new()
        {
            ShouldListenTo = static source => source.Name is "Microsoft.AspNetCore" or "Wolverine"
                || source.Name.StartsWith("Auxo.", StringComparison.Ordinal),
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
