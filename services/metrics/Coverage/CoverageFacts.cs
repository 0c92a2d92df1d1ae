namespace Auxo.Metrics.Coverage;

/// <summary>The coverage of a repository's default branch, the newest and what it was.</summary>
public sealed record CoverageFacts
{
    /// <summary>Days beyond these are in the events only.</summary>
    public const int MostDays = 730;

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The newest measurement.</summary>
    public CoverageEvent.Measured? Newest { get; init; }

    /// <summary>One for each day on which it was measured, in UTC, the oldest first.</summary>
    public IReadOnlyList<CoverageDay> Days { get; init; } = [];

    /// <summary>The stream of a repository.</summary>
    public static string StreamKey(Rid rid) => $"coverage/{rid}";

    /// <summary>The first measurement.</summary>
    public static CoverageFacts Create(CoverageEvent.Measured e) => new CoverageFacts().Apply(e);

    /// <summary>One more; of two that come in another order the younger one counts.</summary>
    public CoverageFacts Apply(CoverageEvent.Measured e)
    {
        var day = DateOnly.FromDateTime(e.At.UtcDateTime);
        var before = Days.FirstOrDefault(one => one.Day == day);
        var changed = (before?.ChangedLines ?? 0) + (e.ChangedLines ?? 0);
        var covered = (before?.ChangedCovered ?? 0) + (e.ChangedCovered ?? 0);
        var now = before is not null && before.At > e.At
            ? before with { ChangedLines = changed, ChangedCovered = covered }
            : new CoverageDay(day, e.At, e.Lines, e.Covered, changed, covered);
        return this with
        {
            Newest = Newest is { } newest && newest.At > e.At ? newest : e,
            Days = [.. Days.Where(one => one.Day != day).Append(now).OrderBy(static one => one.Day).TakeLast(MostDays)],
        };
    }
}

/// <summary>A day on which coverage was measured.</summary>
/// <param name="Day">In UTC.</param>
/// <param name="At">When the newest build of it ended.</param>
/// <param name="Lines">Lines that were measured by then.</param>
/// <param name="Covered">Of them ran.</param>
/// <param name="ChangedLines">Of all lines that the pushes of the day wrote those that are measured.</param>
/// <param name="ChangedCovered">Of them ran.</param>
public sealed record CoverageDay(DateOnly Day, DateTimeOffset At, long Lines, long Covered, long ChangedLines, long ChangedCovered);
