namespace Auxo.Notify.Times;

/// <summary>Clocks on walls, and when that is.</summary>
public static class LocalTime
{
    /// <summary>A machine whose clock is further off is believed no more than this.</summary>
    private static readonly DateTimeOffset Earliest = new(1971, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Latest = new(9990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// When a clock on the wall shows this. Where the time is left out, in the night in which clocks are put forward, it is the next minute
    /// that there is; where it comes twice, it is the first.
    /// </summary>
    public static DateTimeOffset Instant(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The first moment after another at which the clock shows this time of day, on that day or later.</summary>
    public static DateTimeOffset NextAfter(DateTimeOffset at, DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        for (; ; day = day.AddDays(1))
        {
            var local = day.ToDateTime(time);
            while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
            var offsets = zone.IsAmbiguousTime(local)
                ? zone.GetAmbiguousTimeOffsets(local).OrderDescending().ToArray()
                : [zone.GetUtcOffset(local)];
            foreach (var offset in offsets)
                if (new DateTimeOffset(local, offset) is var instant && instant > at) return instant.ToUniversalTime();
        }
    }

    /// <summary>What the clock on the wall shows.</summary>
    public static DateTime Wall(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(Sane(at), zone).DateTime;

    /// <summary>The same, but never at an end of the calendar, where there is no day before or after.</summary>
    public static DateTimeOffset Sane(DateTimeOffset at) => at < Earliest ? Earliest : at > Latest ? Latest : at;

    /// <summary>A zone by its name, such as <c>Europe/Berlin</c>; null when this machine knows none of that name.</summary>
    public static TimeZoneInfo? Zone(string? name)
        => name is { Length: > 0 and <= 60 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
}
