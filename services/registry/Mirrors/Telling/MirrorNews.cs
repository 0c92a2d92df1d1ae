namespace Auxo.Registry.Mirrors.Telling;

/// <summary>When metrics is told how the mirrors are. Pure.</summary>
public static class MirrorNews
{
    /// <summary>Nobody has so many.</summary>
    internal const int Most = 1000;

    /// <summary>An upstream that comes and goes is told of no more often.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromHours(1);

    /// <summary>What was not said again for days is not believed any more.</summary>
    private static readonly TimeSpan Daily = TimeSpan.FromHours(20);

    /// <summary>Decides.</summary>
    /// <param name="told">What was told last by this process; null for nothing: after a start all is told again.</param>
    /// <param name="mirrors">How they are.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when there is nothing to tell.</returns>
    public static MirrorsObserved? Of(MirrorsObserved? told, IReadOnlyList<MirrorStatus> mirrors, DateTimeOffset now)
    {
        var seen = new MirrorsObserved(
            [.. mirrors.Take(Most).Select(static mirror => new MirrorStanding(
                mirror.Repository, mirror.Format, mirror.AskedAt, mirror.Failure is not null, mirror.OldestCheck, mirror.RefreshDays))],
            now);
        // A clock that was set back must not make it silent for long.
        if (told is null || now < told.At) return seen;
        var age = now - told.At;
        return age >= AtMost && !seen.Mirrors.Select(State).SequenceEqual(told.Mirrors.Select(State))
            || age >= Daily && seen.Mirrors.Count > 0 ? seen : null;
    }

    /// <summary>What of it is news at once: each answer of upstream moves the times.</summary>
    private static (string Repository, string Format, bool IsFailing, int RefreshDays) State(MirrorStanding mirror)
        => (mirror.Repository, mirror.Format, mirror.IsFailing, mirror.RefreshDays);
}
