using System.Globalization;
using System.Text;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>One label set's value. Writers never wait; a reader sees each number whole.</summary>
internal sealed class MetricSeries
{
    private readonly double[] _bounds;
    private readonly long[] _buckets;
    private long _integer;
    private double _real;

    public MetricSeries(MetricFamily family, string labels, double[] bounds)
    {
        _bounds = bounds;
        var suffix = family.Kind == MetricKind.Counter ? "_total" : "";
        if (family.Kind != MetricKind.Histogram)
        {
            _buckets = [];
            Prefixes = [Line(family.Name + suffix, labels)];
            OpenMetricsPrefixes = Prefixes;
            return;
        }

        _buckets = new long[bounds.Length + 1];
        Prefixes = [.. Buckets(family.Name, labels, bounds, openMetrics: false)];
        OpenMetricsPrefixes = [.. Buckets(family.Name, labels, bounds, openMetrics: true)];
    }

    /// <summary>What stands before each value, rendered once: for a histogram its buckets, then sum, then count.</summary>
    public byte[][] Prefixes { get; }

    /// <inheritdoc cref="Prefixes"/>
    public byte[][] OpenMetricsPrefixes { get; }

    /// <summary>The round in which a callback reported it last.</summary>
    public int Round { get; set; }

    /// <summary>The sum of what was added, or the value that was set.</summary>
    public double Value => Interlocked.Read(ref _integer) + Volatile.Read(ref _real);

    /// <summary>The number of observations in each bucket, not cumulative; the last one is without bound.</summary>
    public long Bucket(int index) => Interlocked.Read(ref _buckets[index]);

    /// <summary>How many buckets there are; 0 for anything but a histogram.</summary>
    public int BucketCount => _buckets.Length;

    public void Add(long value) => Interlocked.Add(ref _integer, value);

    public void Add(double value)
    {
        if (!double.IsFinite(value)) return;
        var seen = Volatile.Read(ref _real);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _real, seen + value, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }

    public void Set(double value) => Volatile.Write(ref _real, value);

    public void Observe(double value)
    {
        if (double.IsNaN(value)) return;
        var index = 0;
        while (index < _bounds.Length && value > _bounds[index]) index++;
        Interlocked.Increment(ref _buckets[index]);
        Add(value);
    }

    private static IEnumerable<byte[]> Buckets(string name, string labels, double[] bounds, bool openMetrics)
    {
        var others = labels.Length == 0 ? "" : labels + ",";
        foreach (var bound in bounds) yield return Line(name + "_bucket", $"{others}le=\"{Bound(bound, openMetrics)}\"");
        yield return Line(name + "_bucket", $"{others}le=\"+Inf\"");
        yield return Line(name + "_sum", labels);
        yield return Line(name + "_count", labels);
    }

    /// <summary>OpenMetrics wants canonical floats: <c>5.0</c>, where the old format has always had <c>5</c>.</summary>
    internal static string Bound(double bound, bool openMetrics)
    {
        var text = bound.ToString("R", CultureInfo.InvariantCulture);
        return openMetrics && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
    }

    private static byte[] Line(string name, string labels)
        => Encoding.UTF8.GetBytes(labels.Length == 0 ? $"{name} " : $"{name}{{{labels}}} ");
}
