namespace Auxo.Metrics.Dora;

/// <summary>Statistics of a sample, in seconds. All null when it is empty: no data is not zero.</summary>
/// <param name="N">How many values.</param>
/// <param name="P50Seconds">The median.</param>
/// <param name="P75Seconds">Three quarters are at most this.</param>
/// <param name="P90Seconds">Nine tenths are at most this.</param>
/// <param name="P95Seconds">Nineteen twentieths are at most this.</param>
/// <param name="MeanSeconds">The mean.</param>
public sealed record Spread(int N, double? P50Seconds, double? P75Seconds, double? P90Seconds, double? P95Seconds, double? MeanSeconds)
{
    /// <summary>Of these times.</summary>
    public static Spread Of(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(static t => t.TotalSeconds).ToArray();
        Array.Sort(sorted);
        return new Spread(
            sorted.Length, Percentile.Of(sorted, 0.5), Percentile.Of(sorted, 0.75), Percentile.Of(sorted, 0.9), Percentile.Of(sorted, 0.95),
            sorted.Length == 0 ? null : sorted.Average());
    }
}

/// <summary>
/// Percentiles by linear interpolation, as PostgreSQL's <c>percentile_cont</c>: the median of an even number lies between
/// the middle two.
/// </summary>
public static class Percentile
{
    /// <summary>Of values in ascending order; null when there are none.</summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="fraction">0 to 1.</param>
    public static double? Of(ReadOnlySpan<double> sorted, double fraction)
    {
        if (sorted.IsEmpty) return null;
        var place = fraction * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }

    /// <summary>The median of times; null when there are none.</summary>
    public static double? Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(static t => t.TotalSeconds).ToArray();
        Array.Sort(sorted);
        return Of(sorted, 0.5);
    }
}
