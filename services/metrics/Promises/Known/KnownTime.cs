using Auxo.Metrics.Dora;

namespace Auxo.Metrics.Promises.Known;

/// <summary>A time in which it is known how something was.</summary>
/// <param name="From">Its begin.</param>
/// <param name="To">Its end.</param>
/// <param name="IsGood">It was as it should be.</param>
public sealed record KnownSpan(DateTimeOffset From, DateTimeOffset To, bool IsGood);

/// <summary>For how long it is known how something was; what is not known is in neither.</summary>
/// <param name="Good">As it should be.</param>
/// <param name="Known">All that is known.</param>
public readonly record struct KnownTime(TimeSpan Good, TimeSpan Known)
{
    /// <summary>Both together.</summary>
    public static KnownTime operator +(KnownTime a, KnownTime b) => new(a.Good + b.Good, a.Known + b.Known);

    /// <summary>What of a window is known. No moment counts twice, though a clock that was set back may have written it twice.</summary>
    public static KnownTime Of(IEnumerable<KnownSpan> spans, Window window)
    {
        var (good, known, counted) = (TimeSpan.Zero, TimeSpan.Zero, window.From);
        foreach (var span in spans.OrderBy(static s => s.From).ThenBy(static s => s.To))
        {
            var from = span.From > counted ? span.From : counted;
            var to = span.To < window.To ? span.To : window.To;
            if (to <= from) continue;
            known += to - from;
            if (span.IsGood) good += to - from;
            counted = to;
        }

        return new KnownTime(good, known);
    }
}
