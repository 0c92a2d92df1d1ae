using Auxo.Metrics.Dora;

namespace Auxo.Metrics.Reporting;

/// <summary>When reports are made: in the morning of a zone, once for each day.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Time">The time of day.</param>
public sealed record DueReports(TimeZoneInfo Zone, TimeOnly Time)
{
    /// <summary>A machine that slept makes the report when it wakes, as long as it is still that morning's news.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromHours(14);

    /// <summary>The reports that are due now and were not made: at most one of each kind, whatever the clock did.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="isMade">Whether one was made, or there was nothing to say.</param>
    public IReadOnlyList<(ReportKind Kind, DateOnly Day)> At(DateTimeOffset now, Func<ReportKind, DateOnly, bool> isMade)
    {
        var day = DayOf(now);
        if (SlotOf(day) > now) day = day.AddDays(-1);
        if (now - SlotOf(day) > Late) return [];
        return [.. Of(day).Where(kind => !isMade(kind, day)).Select(kind => (kind, day))];
    }

    /// <summary>The day of a moment, in the zone.</summary>
    public DateOnly DayOf(DateTimeOffset moment) => new Calendar(Zone).DayOf(moment);

    /// <summary>The instant of a day's morning.</summary>
    public DateTimeOffset SlotOf(DateOnly day) => new Calendar(Zone).At(day, Time);

    /// <summary>Which reports a day has.</summary>
    public static IReadOnlyList<ReportKind> Of(DateOnly day) =>
    [
        day.DayOfWeek == DayOfWeek.Sunday ? ReportKind.Weekly : ReportKind.Daily,
        .. day.DayOfWeek == DayOfWeek.Monday ? (ReportKind[])[ReportKind.Security] : [],
        .. day.Day == 1 ? (ReportKind[])[ReportKind.Audit] : [],
    ];
}
