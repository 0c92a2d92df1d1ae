using System.Globalization;

namespace Auxo.Console.Parts;

/// <summary>A mark on a chart.</summary>
/// <param name="At">When.</param>
/// <param name="Seconds">How long; 0 where only the number of marks is shown.</param>
/// <param name="Kind"><c>good</c>, <c>bad</c> or <c>calm</c>.</param>
/// <param name="Words">What it is, for who points at it.</param>
/// <param name="Url">Its evidence.</param>
public sealed record ChartPoint(DateTimeOffset At, double Seconds, string Kind, string Words, string? Url);

/// <summary>What values between two bounds mean, drawn behind the marks.</summary>
/// <param name="Name">Such as <c>elite</c>: what the sheet colours it by.</param>
/// <param name="From">In seconds.</param>
/// <param name="To">In seconds; may be infinite.</param>
/// <param name="Words">Its name and bounds.</param>
public sealed record ChartBand(string Name, double From, double To, string Words);

/// <summary>A mark in a stack: the column from the left, and how many lie below it.</summary>
internal sealed record ChartBrick(int Column, int Level, ChartPoint Point);

/// <summary>Where marks stand, and which lines a chart has.</summary>
internal static class ChartScales
{
    /// <summary>So many columns fit on a phone, and a finger still meets one.</summary>
    public const int Columns = 60;

    /// <summary>Times that people have names for.</summary>
    private static readonly double[] Steps =
        [1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400];

    /// <summary>From 0, where the window begins, to 1.</summary>
    public static double Part(DateTimeOffset at, DateTimeOffset from, DateTimeOffset to)
        => to <= from ? 0 : Math.Clamp((at - from) / (to - from), 0, 1);

    /// <summary>The lines of a chart of times: the least of those steps that have all values between them.</summary>
    public static IReadOnlyList<double> TimeLines(IReadOnlyCollection<double> seconds)
    {
        if (seconds.Count == 0) return [];
        var (least, most) = (seconds.Min(), seconds.Max());
        var first = Math.Max(0, Array.FindLastIndex(Steps, s => s <= least));
        var last = Array.FindIndex(Steps, s => s >= most) is >= 0 and var found ? found : Steps.Length - 1;
        return last > first ? Steps[first..(last + 1)] : first == 0 ? Steps[..2] : Steps[(first - 1)..(first + 1)];
    }

    /// <summary>How high a time stands between such lines, from 0 to 1: each tenfold is as far as the one before.</summary>
    public static double TimePart(double seconds, IReadOnlyList<double> lines)
        => Math.Clamp(Math.Log(Math.Max(seconds, lines[0]) / lines[0]) / Math.Log(lines[^1] / lines[0]), 0, 1);

    /// <summary>Those of the bands that reach between the lines, from which part of the height to which.</summary>
    public static IEnumerable<(ChartBand Band, double From, double To)> Bands(IReadOnlyList<ChartBand> bands, IReadOnlyList<double> lines)
        => bands.Select(b => (b, TimePart(b.From, lines), TimePart(b.To, lines))).Where(static b => b.Item3 > b.Item2);

    /// <summary>A whole number of the form 1, 2 or 5 with zeros, of which two reach <paramref name="most"/>.</summary>
    public static int CountStep(int most)
    {
        for (var ten = 1; ; ten *= 10)
        {
            foreach (var step in (int[])[ten, 2 * ten, 5 * ten])
                if (2 * step >= most) return step;
        }
    }

    /// <summary>One brick for each mark, in the column of its time; what failed lies on top of what did not.</summary>
    public static IReadOnlyList<ChartBrick> Stack(IEnumerable<ChartPoint> points, DateTimeOffset from, DateTimeOffset to)
    {
        var heights = new int[Columns];
        return [.. points.OrderBy(static p => p.Kind == "bad").ThenBy(static p => p.At).Select(point =>
        {
            var column = Math.Min(Columns - 1, (int)(Part(point.At, from, to) * Columns));
            return new ChartBrick(column, heights[column]++, point);
        })];
    }

    /// <summary>A length as an attribute of SVG.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A part of the width.</summary>
    public static string Percent(double part) => Number(100 * part) + "%";
}
