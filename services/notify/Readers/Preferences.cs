using Auxo.Notify.Notifications;

namespace Auxo.Notify.Readers;

/// <summary>How often somebody gets a digest.</summary>
public enum DigestRhythm
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>Every day.</summary>
    Daily,

    /// <summary>Every Monday.</summary>
    Weekly,
}

/// <summary>How somebody wants to hear of things.</summary>
/// <param name="Channels">By which channels.</param>
/// <param name="MinLevel">What is less waits for the digest, and is not told where there is none.</param>
/// <param name="Own">Whether she wants to hear of what she did herself.</param>
/// <param name="Quiet">Hours in which only what is critical is told, see <see cref="Times.TimeWindow"/>.</param>
/// <param name="Zone">Whose clocks these are.</param>
/// <param name="Digest">How often she gets a digest.</param>
/// <param name="DigestAt">When, by the clock on her wall.</param>
/// <param name="Mute">What she never wants to hear of, critical or not, see <see cref="Muted"/>.</param>
public sealed record Preferences(
    IReadOnlyList<string> Channels, Level MinLevel, bool Own, IReadOnlyList<string> Quiet, string Zone, DigestRhythm Digest,
    TimeOnly DigestAt, IReadOnlyList<string> Mute)
{
    /// <summary>Of somebody who never said anything.</summary>
    public static Preferences Usual { get; } = new([], Level.Info, false, [], "UTC", DigestRhythm.Off, new TimeOnly(8, 0), []);
}
