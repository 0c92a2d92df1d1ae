namespace Auxo.Metrics.Facts;

/// <summary>What of a state that is told again and again comes too late.</summary>
internal static class LateFact
{
    /// <summary>
    /// True for what is no newer than what is known. What is older by a day or more is not late: what is known was told by a clock that has
    /// been put right since.
    /// </summary>
    /// <param name="at">When it was seen.</param>
    /// <param name="known">When what is known was seen.</param>
    public static bool Is(DateTimeOffset at, DateTimeOffset known) => at <= known && known - at < TimeSpan.FromDays(1);
}
