using Auxo.Metrics.Dora;
using Auxo.Metrics.Promises.Known;

namespace Auxo.Metrics.Promises;

/// <summary>What was measured of a promise.</summary>
/// <param name="N">How many values are behind it.</param>
/// <param name="Missed">The share of them that is not as promised, 0 to 1; null when there are none.</param>
/// <param name="P50Seconds">The median of times; null where it is about none.</param>
/// <param name="P95Seconds">
/// One of the times: the first that 95 of 100 do not exceed. It is not interpolated, so that it is within the bound when the promise
/// is kept. Null where it is about no times.
/// </param>
public sealed record Measured(int N, double? Missed, double? P50Seconds = null, double? P95Seconds = null)
{
    /// <summary>Of times. One that is below zero, since clocks ran backwards, is no time.</summary>
    public static Measured Of(IEnumerable<TimeSpan> times, PromiseRule rule)
    {
        var known = times.Where(static t => t >= TimeSpan.Zero).Select(static t => t.TotalSeconds).Order().ToArray();
        if (known.Length == 0) return new Measured(0, Missed: null);
        var missed = known.Count(seconds => seconds > rule.Bound);
        return new Measured(
            known.Length, (double)missed / known.Length, Percentile.Of(known, 0.5), known[(((19 * known.Length) + 19) / 20) - 1]);
    }

    /// <summary>Of a state over time.</summary>
    /// <param name="time">How long it is known, and for how long it was as promised.</param>
    /// <param name="one">The time that counts for one value.</param>
    public static Measured Of(KnownTime time, TimeSpan one)
        => time.Known < one
            ? new Measured(0, Missed: null)
            : new Measured(
                (int)Math.Min(int.MaxValue, time.Known.Ticks / one.Ticks), (double)(time.Known - time.Good).Ticks / time.Known.Ticks);
}
