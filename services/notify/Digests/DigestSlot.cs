using Auxo.Notify.Readers;
using Auxo.Notify.Times;

namespace Auxo.Notify.Digests;

/// <summary>When a reader's digest is made, and of which day of hers it is.</summary>
/// <param name="Day">By the calendar on her wall.</param>
/// <param name="At">When.</param>
public sealed record DigestSlot(DateOnly Day, DateTimeOffset At)
{
    /// <summary>How long a digest waits for a report that goes into the same mail.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>What was kept by a clock that was wrong lies further ahead than this, and is not kept any longer.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>The slot of the day that it is for her now; it may still lie ahead.</summary>
    public static DigestSlot Of(Reader reader, DateTimeOffset now)
        => On(DateOnly.FromDateTime(LocalTime.Wall(now, reader.Zone)), reader);

    /// <summary>
    /// The digest that is to be made now; null when none is. Only the newest slot counts, so whoever slept over some, or whose clock jumped
    /// over years of them, gets one.
    /// </summary>
    /// <param name="reader">Who.</param>
    /// <param name="oldest">When the first of what waits for her was kept; null when nothing waits.</param>
    /// <param name="newest">When the last was.</param>
    /// <param name="hasReport">Whether the daily report is among it.</param>
    /// <param name="waitsForReport">Whether a route leads the daily report to her.</param>
    /// <param name="isMade">Whether there was a digest of a day.</param>
    /// <param name="now">The present.</param>
    public static DigestSlot? Due(
        Reader reader, DateTimeOffset? oldest, DateTimeOffset? newest, bool hasReport, bool waitsForReport, Func<DateOnly, bool> isMade,
        DateTimeOffset now)
    {
        if (oldest is not { } first || newest is not { } last || reader.Preferences.Channels.Count == 0) return null;
        var today = Of(reader, now);
        // She wants no digests any more; what was kept for one is handed over.
        if (reader.Preferences.Digest == DigestRhythm.Off) return isMade(today.Day) ? null : today with { At = now };
        var slot = Newest(reader, today, now);
        if (isMade(slot.Day) || first >= slot.At + Grace && last <= now + Ahead) return null;
        return waitsForReport && !hasReport && now < slot.At + Grace ? null : slot;
    }

    private static DigestSlot Newest(Reader reader, DigestSlot today, DateTimeOffset now)
    {
        var day = today.At <= now ? today.Day : today.Day.AddDays(-1);
        if (reader.Preferences.Digest == DigestRhythm.Weekly)
            while (day.DayOfWeek != DayOfWeek.Monday) day = day.AddDays(-1);
        return On(day, reader);
    }

    private static DigestSlot On(DateOnly day, Reader reader) => new(day, LocalTime.Instant(day, reader.Preferences.DigestAt, reader.Zone));
}
