namespace Auxo.Metrics.Dora;

/// <summary>Civil days and weeks of a zone; days of 23 and 25 hours are days.</summary>
public sealed class Calendar(TimeZoneInfo zone)
{
    /// <summary>IANA name.</summary>
    public string Zone => zone.Id;

    /// <summary>The zone of that IANA name; null when this system has none such.</summary>
    public static Calendar? Find(string name)
        => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? new Calendar(zone) : null;

    /// <summary>That zone, or UTC where this system has none such.</summary>
    public static Calendar FindOrUtc(string name) => Find(name) ?? new Calendar(TimeZoneInfo.Utc);

    /// <summary>The day on which something happened.</summary>
    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>The Monday of its week.</summary>
    public DateOnly WeekOf(DateTimeOffset at)
    {
        var day = DayOf(at);
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    /// <summary>The first instant of a day; where midnight does not exist, the one after it.</summary>
    public DateTimeOffset StartOf(DateOnly day) => At(day, TimeOnly.MinValue);

    /// <summary>The instant of a time of day; where the clock jumps over it, the next minute that there is.</summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        // Of an hour that comes twice the first one: the larger offset.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The length of a window in days by the clock on the wall.</summary>
    public double Days(DateTimeOffset from, DateTimeOffset to)
        => (TimeZoneInfo.ConvertTime(to, zone).DateTime - TimeZoneInfo.ConvertTime(from, zone).DateTime).TotalDays;

    /// <summary>The weeks of a window, from Monday to Monday; the first and the last may be cut.</summary>
    public IEnumerable<(DateOnly Monday, DateTimeOffset From, DateTimeOffset To)> Weeks(DateTimeOffset from, DateTimeOffset to)
    {
        for (var monday = WeekOf(from); ; monday = monday.AddDays(7))
        {
            var (start, end) = (StartOf(monday), StartOf(monday.AddDays(7)));
            if (start >= to) yield break;
            yield return (monday, start > from ? start : from, end < to ? end : to);
        }
    }
}
