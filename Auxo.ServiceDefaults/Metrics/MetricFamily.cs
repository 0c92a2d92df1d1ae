using System.Diagnostics.Metrics;
using System.Text;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>What a family of samples means.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down, or is set.</summary>
    Gauge,

    /// <summary>A distribution with buckets.</summary>
    Histogram,
}

/// <summary>
/// All series of one name. Instruments of the same name, such as those of several <see cref="Meter"/> objects, share it.
/// Finding the series of a measurement allocates nothing and takes no lock once the series exists.
/// </summary>
internal sealed class MetricFamily
{
    /// <summary>More label sets than this are a mistake of the caller; they are counted together.</summary>
    private const int MaxSeries = 10_000;

    /// <summary>OpenTelemetry's defaults, for durations in seconds and for everything else.</summary>
    private static readonly double[] SecondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] OtherBuckets = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly Lock _adding = new();
    private readonly Dictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);
    private readonly double[] _bounds;
    private volatile Entry?[] _table = new Entry?[16];
    private volatile MetricSeries[] _series = new MetricSeries[4];
    private volatile int _count;
    private int _entries;

    public MetricFamily(string name, MetricKind kind, string unit, string help, bool observable, double[]? bounds)
    {
        (Name, Kind, Observable) = (name, kind, observable);
        _bounds = kind == MetricKind.Histogram ? bounds ?? (unit == "seconds" ? SecondsBuckets : OtherBuckets) : [];
        Header = Encoding.UTF8.GetBytes(HeaderText(name, kind, unit, help, openMetrics: false));
        OpenMetricsHeader = Encoding.UTF8.GetBytes(HeaderText(name, kind, unit, help, openMetrics: true));
    }

    /// <summary>The family's name; a counter's ends with <c>_total</c> where it is written.</summary>
    public string Name { get; }

    public MetricKind Kind { get; }

    /// <summary>Values come from callbacks: a series that was not reported by the last round is gone.</summary>
    public bool Observable { get; }

    public byte[] Header { get; }

    public byte[] OpenMetricsHeader { get; }

    /// <summary>In the order of their appearance.</summary>
    public ReadOnlySpan<MetricSeries> Series
    {
        get
        {
            // The count first: an array that is read later holds at least as many.
            var count = _count;
            return _series.AsSpan(0, count);
        }
    }

    /// <summary>The series of a label set, made on first sight.</summary>
    public MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = Hash(tags);
        var table = _table;
        for (var entry = table[hash & (table.Length - 1)]; entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && Same(entry.Tags, tags)) return entry.Series;
        }

        return Add(hash, tags);
    }

    private MetricSeries Add(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_adding)
        {
            // Beyond the limit nothing new is remembered, not even the tags.
            if (_entries >= MaxSeries) return OfLabels("otel_metric_overflow=\"true\"");
            var series = OfLabels(MetricText.Labels(tags));
            var table = _table;
            if (_entries >= table.Length) table = Grow(table);
            ref var slot = ref table[hash & (table.Length - 1)];
            slot = new Entry(hash, tags.ToArray(), series, slot);
            _entries++;
            _table = table;
            return series;
        }
    }

    /// <summary>The same labels in another order are the same series.</summary>
    private MetricSeries OfLabels(string labels)
    {
        if (_byLabels.TryGetValue(labels, out var series)) return series;
        series = new MetricSeries(this, labels, _bounds);
        _byLabels.Add(labels, series);
        var all = _series;
        if (_count == all.Length) Array.Resize(ref all, all.Length * 2);
        all[_count] = series;
        _series = all;
        _count++;
        return series;
    }

    private static Entry?[] Grow(Entry?[] old)
    {
        var table = new Entry?[old.Length * 2];
        foreach (var head in old)
        {
            for (var entry = head; entry is not null; entry = entry.Next)
            {
                ref var slot = ref table[entry.Hash & (table.Length - 1)];
                slot = new Entry(entry.Hash, entry.Tags, entry.Series, slot);
            }
        }

        return table;
    }

    private static int Hash(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (key, value) in tags)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    private static bool Same(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length) return false;
        for (var i = 0; i < known.Length; i++)
        {
            if (known[i].Key != tags[i].Key || !Equals(known[i].Value, tags[i].Value)) return false;
        }

        return true;
    }

    private static string HeaderText(string name, MetricKind kind, string unit, string help, bool openMetrics)
    {
        var written = kind == MetricKind.Counter && !openMetrics ? name + "_total" : name;
        var text = new StringBuilder();
        if (help.Length > 0) text.Append($"# HELP {written} {MetricText.EscapeHelp(help, openMetrics)}\n");
        text.Append($"# TYPE {written} {kind.ToString().ToLowerInvariant()}\n");
        if (openMetrics && unit.Length > 0 && name.EndsWith("_" + unit, StringComparison.Ordinal)) text.Append($"# UNIT {name} {unit}\n");
        return text.ToString();
    }

    private sealed record Entry(int Hash, KeyValuePair<string, object?>[] Tags, MetricSeries Series, Entry? Next);
}
