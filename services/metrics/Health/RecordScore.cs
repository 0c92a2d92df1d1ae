namespace Auxo.Metrics.Health;

/// <summary>The decision whether a score is kept, and whether people are told.</summary>
public static class RecordScore
{
    /// <summary>Decides.</summary>
    /// <param name="last">The last score on record; null for none.</param>
    /// <param name="report">The score now.</param>
    /// <returns>Nulls where nothing of it is news.</returns>
    public static (HealthEvent.Scored? Scored, HealthChanged? Changed) Decide(HealthEvent.Scored? last, HealthReport report)
    {
        if (report.Score is not { } score) return (null, null);
        var lost = report.Checks.Where(static c => c.Lost > 0).Select(static c => c.Check).ToList();
        var told = HealthScore.ToldBand(score, last?.Told);
        var scored = new HealthEvent.Scored(score, report.Ruling, report.Categories, lost, told, report.AsOf);
        if (last is null) return (scored, null);
        // A clock that was set back makes no second score of a day that is over.
        if (report.AsOf < last.At) return (null, null);
        var isNews = last.Score != score || last.Told != told || last.Ruling != report.Ruling
            || !last.Lost.SequenceEqual(lost, StringComparer.Ordinal) || Day(last.At) != Day(report.AsOf);
        var changed = told == last.Told
            ? null
            : new HealthChanged(
                report.Rid, report.Name ?? report.Rid.Value, score, last.Score, Word(told), Word(last.Told),
                [.. report.TopFixes.Select(static c => $"{c.Says}: {c.Fix}")], report.AsOf);
        return (isNews ? scored : null, changed);
    }

    /// <summary>How people say a band.</summary>
    public static string Word(HealthBand band) => band switch
    {
        HealthBand.Excellent => "Excellent",
        HealthBand.Good => "Good",
        HealthBand.NeedsAttention => "Needs attention",
        HealthBand.Critical => "Critical",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}
