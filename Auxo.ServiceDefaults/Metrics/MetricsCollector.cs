using System.Buffers;
using System.Diagnostics.Metrics;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>
/// Keeps the current value of every metric of this process, for <c>/metrics</c>. It stands in for
/// OpenTelemetry.Exporter.Prometheus.AspNetCore, with the same names and the same rules (decision 041).
/// </summary>
internal sealed partial class MetricsCollector : IHostedService, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ILogger<MetricsCollector> _logger;
    private readonly Lock _scraping = new();
    private readonly Lock _publishing = new();
    private volatile MetricFamily[] _families = [];
    private int _round;

    public MetricsCollector(ILogger<MetricsCollector> logger)
    {
        _logger = logger;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<short>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<long>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<float>(static (i, v, tags, state) => Record(i, (double)v, tags, state));
        _listener.SetMeasurementEventCallback<double>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<decimal>(static (i, v, tags, state) => Record(i, (double)v, tags, state));
    }

    /// <summary>Whose metrics are kept; a name that ends with <c>*</c> is a prefix.</summary>
    public static string[] Meters { get; } =
        ["Auxo.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql"];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>Asks all callbacks and writes every family. Allocates nothing of its own.</summary>
    public void Write(IBufferWriter<byte> writer, bool openMetrics)
    {
        lock (_scraping)
        {
            _round++;
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException e)
            {
                // One broken callback must not hide all other metrics.
                Log.CallbackFailed(_logger, e);
            }

            foreach (var family in _families) MetricsText.Write(writer, family, _round, openMetrics);
            if (openMetrics) writer.Write("# EOF\n"u8);
        }
    }

    private static bool Follows(string meter)
        => Array.Exists(Meters, name => name[^1] == '*' ? meter.StartsWith(name[..^1], StringComparison.Ordinal) : meter == name);

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!Follows(instrument.Meter.Name) || Kind(instrument) is not { } kind) return;
        lock (_publishing)
        {
            var name = MetricName.Of(instrument.Name, instrument.Unit);
            if (kind == MetricKind.Counter && name.EndsWith("_total", StringComparison.Ordinal)) name = name[..^"_total".Length];
            // "_count" belongs to histograms; promtool rejects it elsewhere (dotnet.timer.count, db.client.connection.count).
            if (kind != MetricKind.Histogram && name.EndsWith("_count", StringComparison.Ordinal)) name = name[..^"_count".Length]
                + "_number";
            var family = Array.Find(_families, f => f.Name == name);
            if (family is null)
            {
                family = new MetricFamily(name, kind, MetricName.Unit(instrument.Unit), instrument.Description
                    ?? "", instrument.IsObservable, Bounds(instrument));
                _families = [.. _families, family];
            }
            else if (family.Kind != kind || family.Observable != instrument.IsObservable)
            {
                Log.NameTaken(_logger, instrument.Meter.Name, instrument.Name, name);
                return;
            }

            listener.EnableMeasurementEvents(instrument, new Followed(this, family, Adds(instrument)));
        }
    }

    /// <summary>By type name, since the generic types have no common base that says what they are.</summary>
    private static MetricKind? Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        "Counter`1" or "ObservableCounter`1" => MetricKind.Counter,
        "UpDownCounter`1" or "ObservableUpDownCounter`1" or "Gauge`1" or "ObservableGauge`1" => MetricKind.Gauge,
        "Histogram`1" => MetricKind.Histogram,
        _ => null,
    };

    private static bool Adds(Instrument instrument) => instrument.GetType().Name is "Counter`1" or "UpDownCounter`1";

    private static double[]? Bounds(Instrument instrument) => instrument switch
    {
        Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray(),
        Histogram<float> h => h.Advice?.HistogramBucketBoundaries?.Select(static b => (double)b).ToArray(),
        Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(static b => (double)b).ToArray(),
        Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(static b => (double)b).ToArray(),
        _ => null,
    };

    private static void Record(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is not Followed followed) return;
        if (!followed.Adds)
        {
            Record(instrument, (double)value, tags, state);
            return;
        }

        // A counter that falls is a mistake of its owner; rates must not see it.
        if (value >= 0 || followed.Family.Kind == MetricKind.Gauge) followed.Family.Find(tags).Add(value);
    }

    private static void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is not Followed followed) return;
        var series = followed.Family.Find(tags);
        if (followed.Family.Kind == MetricKind.Histogram) series.Observe(value);
        else if (!followed.Adds) series.Set(value);
        else if (value >= 0 || followed.Family.Kind == MetricKind.Gauge) series.Add(value);
        if (followed.Family.Observable) series.Round = followed.Collector._round;
    }

    /// <summary>What the listener hands back with each measurement.</summary>
    private sealed record Followed(MetricsCollector Collector, MetricFamily Family, bool Adds);

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Warning, "A callback of a metric failed; its values are missing")]
        public static partial void CallbackFailed(ILogger logger, Exception exception);

        [LoggerMessage(11, LogLevel.Warning, "The metric {Meter}/{Instrument} is left out: {Name} is taken by a metric of another kind")]
        public static partial void NameTaken(ILogger logger, string meter, string instrument, string name);
    }
}
