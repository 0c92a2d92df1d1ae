namespace Auxo.Metrics.Mirrors;

/// <summary>What became known of the mirrors of the registry. Stored in stream <c>mirrors</c>.</summary>
public abstract record MirrorEvent
{
    private MirrorEvent()
    {
    }

    /// <summary>It was looked how they stand with their upstreams: see <see cref="MirrorsObserved"/>.</summary>
    /// <param name="Mirrors">All of them; one that is not named is none any more.</param>
    /// <param name="At">When.</param>
    public sealed record Observed(IReadOnlyList<MirrorStanding> Mirrors, DateTimeOffset At) : MirrorEvent;
}
