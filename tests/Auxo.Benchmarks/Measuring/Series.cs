namespace Auxo.Benchmarks.Measuring;

/// <summary>Measured values of one kind. Percentiles are by nearest rank: every one of them was measured.</summary>
internal sealed class Series
{
    private readonly double[] _sorted;

    /// <summary>Takes values in the order in which they were measured.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public Series(IEnumerable<double> values)
    {
        InOrder = [.. values];
        if (InOrder.Count == 0) throw new ArgumentException("Nothing was measured.", nameof(values));
        _sorted = [.. InOrder.Order()];
    }

    /// <summary>As measured.</summary>
    public IReadOnlyList<double> InOrder { get; }

    /// <summary>How many.</summary>
    public int Count => _sorted.Length;

    /// <summary>The median.</summary>
    public double P50 => Percentile(50);

    /// <summary>19 of 20 are not above it.</summary>
    public double P95 => Percentile(95);

    /// <summary>99 of 100 are not above it.</summary>
    public double P99 => Percentile(99);

    /// <summary>The smallest value that at least <paramref name="percent"/> percent do not exceed.</summary>
    public double Percentile(double percent)
        => _sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    /// <summary>A single value.</summary>
    public static Series One(double value) => new([value]);

    /// <summary>Milliseconds.</summary>
    public static Series Of(IEnumerable<TimeSpan> spans) => new(spans.Select(static s => s.TotalMilliseconds));
}
