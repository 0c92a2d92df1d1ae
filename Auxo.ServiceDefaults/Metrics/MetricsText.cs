using System.Buffers;
using System.Globalization;

namespace Auxo.ServiceDefaults.Metrics;

/// <summary>Writes the exposition formats: Prometheus text 0.0.4 and OpenMetrics 1.0.0.</summary>
internal static class MetricsText
{
    public static void Write(IBufferWriter<byte> writer, MetricFamily family, int round, bool openMetrics)
    {
        var begun = false;
        foreach (var series in family.Series)
        {
            if (family.Observable && series.Round != round) continue;
            if (!begun) writer.Write(openMetrics ? family.OpenMetricsHeader : family.Header);
            begun = true;
            var prefixes = openMetrics ? series.OpenMetricsPrefixes : series.Prefixes;
            if (family.Kind == MetricKind.Histogram)
                WriteHistogram(writer, series, prefixes);
            else
                WriteLine(writer, prefixes[0], series.Value);
        }
    }

    /// <summary>The count is the sum of the buckets that were read, so that it always equals the last of them.</summary>
    private static void WriteHistogram(IBufferWriter<byte> writer, MetricSeries series, byte[][] prefixes)
    {
        var cumulative = 0L;
        var buckets = series.BucketCount;
        for (var i = 0; i < buckets; i++)
        {
            cumulative += series.Bucket(i);
            WriteLine(writer, prefixes[i], cumulative);
        }

        WriteLine(writer, prefixes[buckets], series.Value);
        WriteLine(writer, prefixes[buckets + 1], cumulative);
    }

    private static void WriteLine(IBufferWriter<byte> writer, byte[] prefix, double value)
    {
        var span = writer.GetSpan(prefix.Length + 32);
        prefix.CopyTo(span);
        var length = prefix.Length + Format(span[prefix.Length..], value);
        span[length++] = (byte)'\n';
        writer.Advance(length);
    }

    private static int Format(Span<byte> span, double value)
    {
        var special = double.IsNaN(value)
            ? "NaN"u8
            : double.IsPositiveInfinity(value) ? "+Inf"u8
            : double.IsNegativeInfinity(value) ? "-Inf"u8
            : default;
        special.CopyTo(span);
        if (!special.IsEmpty) return special.Length;
        var written = 0;

        // Whole numbers are the rule and format several times faster.
        if (value == Math.Floor(value) && Math.Abs(value) < 1e15) ((long)value)
            .TryFormat(span, out written, provider: CultureInfo.InvariantCulture);
        else value.TryFormat(span, out written, "R", CultureInfo.InvariantCulture);
        return written;
    }
}
