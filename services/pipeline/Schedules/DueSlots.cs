namespace Auxo.Pipeline.Schedules;

/// <summary>What a schedule owes at a moment.</summary>
/// <param name="Since">The newest slot that is decided by this, or the moment from which slots count.</param>
/// <param name="Build">The slot to build now; null for none.</param>
/// <param name="Missed">How many slots went by without a build.</param>
/// <param name="NewestMissed">The newest of them; null when there are none.</param>
/// <param name="Next">When to look again; null when no slot will ever come.</param>
public sealed record DueSlots(DateTimeOffset Since, DateTimeOffset? Build, int Missed, DateTimeOffset? NewestMissed, DateTimeOffset? Next)
{
    /// <summary>
    /// Decides: of the slots that are due, the newest is built unless it is too late for it, and the others are missed.
    /// </summary>
    /// <param name="table">The schedule's slots.</param>
    /// <param name="since">The newest slot that was decided.</param>
    /// <param name="now">The time. When it is before <paramref name="since"/> the clock was set back: slots count from now on, and those
    /// that were built before then are known by their builds.</param>
    public static DueSlots Decide(Timetable table, DateTimeOffset since, DateTimeOffset now)
    {
        if (since > now) since = now;
        var next = table.After(since);
        // Counted, not kept: a clock that is set years ahead makes millions of slots due.
        var (count, before, last) = (0, (DateTimeOffset?)null, (DateTimeOffset?)null);
        for (; next is { } slot && table.DueAt(slot) <= now; next = table.After(slot)) (count, before, last) = (count + 1, last, slot);
        DateTimeOffset? look = next is { } coming ? table.DueAt(coming) : null;
        if (last is not { } newest) return new DueSlots(since, null, 0, null, look);
        return now - table.DueAt(newest) <= table.CatchUp
            ? new DueSlots(newest, newest, count - 1, before, look)
            : new DueSlots(newest, null, count, newest, look);
    }
}
