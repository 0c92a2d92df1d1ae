namespace Auxo.Metrics.Mirrors;

/// <summary>How the mirrors of the registry stand with their upstreams, by the newest look.</summary>
public sealed record MirrorFacts
{
    /// <summary>The only stream.</summary>
    public const string StreamKey = "mirrors";

    /// <summary>Looks come daily; after three days without one nothing is known any more.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromDays(3);

    /// <summary>The key of the stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>All of them.</summary>
    public IReadOnlyList<KnownMirror> Mirrors { get; init; } = [];

    /// <summary>When it was looked.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>One more look.</summary>
    public MirrorFacts Apply(MirrorEvent.Observed e)
    {
        var since = Mirrors.ToDictionary(
            static mirror => mirror.Standing.Repository, static mirror => mirror.Since, StringComparer.Ordinal);
        return this with
        {
            Mirrors = [.. e.Mirrors.Select(mirror => new KnownMirror(mirror, since.GetValueOrDefault(mirror.Repository, e.At)))],
            At = e.At,
        };
    }

    /// <summary>Whether the look is young enough to be believed.</summary>
    public bool IsBelieved(DateTimeOffset now) => (now - At).Duration() <= Believed;
}

/// <summary>A mirror.</summary>
/// <param name="Standing">How it stands with its upstream.</param>
/// <param name="Since">Since when it is known.</param>
public sealed record KnownMirror(MirrorStanding Standing, DateTimeOffset Since)
{
    /// <summary>For how many seconds upstream has not answered; 0 while it does.</summary>
    public double SilentSeconds(DateTimeOffset now)
        => Standing switch
        {
            { IsFailing: false } => 0,
            { AnsweredAt: null } => Math.Max(0, (now - Since).TotalSeconds),
            // Of what nobody uses nobody asks: that its last question failed says nothing of today.
            { OldestCheck: null } => 0,
            { AnsweredAt: { } answered } => Math.Max(0, (now - answered).TotalSeconds),
        };

    /// <summary>For how many seconds upstream should have been asked about something that is used, and was not; 0 when it was.</summary>
    public double OverdueSeconds(DateTimeOffset now)
        => Standing.OldestCheck is { } check
            ? Math.Max(0, (now - check).TotalSeconds - (Math.Max(0, Standing.RefreshDays) * TimeSpan.SecondsPerDay))
            : 0;
}
