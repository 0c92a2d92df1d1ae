namespace Auxo.Cli.Output;

/// <summary>How long something takes or took: every answer of the command line says it in this one way.</summary>
internal static class Duration
{
    /// <summary>
    /// Two units at most, rounded: <c>0.4 s</c>, <c>4.2 s</c>, <c>14 s</c>, <c>1 min 30 s</c>, <c>3 h 20 min</c>,
    /// <c>2 days 5 h</c>. A second unit that is zero is left out.
    /// </summary>
    /// <param name="seconds">Null is not known, and below zero is no duration: both are empty.</param>
    public static string Of(double? seconds) => seconds switch
    {
        null or < 0 => "",
        < 9.95 and var s => $"{s:0.0} s",
        < 59.5 and var s => $"{s:0} s",
        < 3599.5 and var s => Units((long)Math.Round(s), 60, "min", "s"),
        < 86_370 and var s => Units((long)Math.Round(s / 60), 60, "h", "min"),
        < 169_200 and var s => Units((long)Math.Round(s / 3600), 24, "day", "h"),
        var s => Units((long)Math.Round(s.Value / 3600), 24, "days", "h"),
    };

    private static string Units(long small, int perLarge, string largeUnit, string smallUnit)
    {
        var (large, rest) = Math.DivRem(small, perLarge);
        return rest == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {rest} {smallUnit}";
    }
}
