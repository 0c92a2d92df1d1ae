using System.Globalization;

using Auxo.Notify.Notifications;
using Auxo.Notify.Times;

namespace Auxo.Notify.Readers;

/// <summary>Whether and when somebody is told.</summary>
/// <param name="How">The kind of answer.</param>
/// <param name="Why">For people; null when she is simply told.</param>
/// <param name="At">Not before; null for at once.</param>
public sealed record Telling(TellingKind How, string? Why = null, DateTimeOffset? At = null)
{
    /// <summary>The report that a digest takes in.</summary>
    private const string DailyReport = NotificationTypes.ReportPrefix + "daily";

    /// <summary>
    /// What a reader's preferences make of a notification that a route wants to tell her. What is critical passes quiet hours and levels,
    /// but not what she muted and what she did herself.
    /// </summary>
    /// <param name="reader">Who.</param>
    /// <param name="n">Of what.</param>
    /// <param name="isForDigest">The route wants it in her digest only.</param>
    /// <param name="digestToday">Whether her digest of today is still to come, or is being waited for.</param>
    /// <param name="now">The present.</param>
    public static Telling Decide(Reader reader, Notification n, bool isForDigest, bool digestToday, DateTimeOffset now)
    {
        var wishes = reader.Preferences;
        if (wishes.Mute.FirstOrDefault(m => Muted.Is(m, n)) is { } muted) return Never($"she muted {muted}");
        if (!wishes.Own && IsHers(reader, n)) return Never("she did it herself");
        if (isForDigest)
            return wishes.Digest == DigestRhythm.Off
                ? Never("the route is for digests, and she has none")
                : Later("the route is for digests");
        if (n.Type == DailyReport && wishes.Digest == DigestRhythm.Daily && digestToday)
            return Later("it is sent with her digest");
        if (n.Level == Level.Critical) return Now;
        if (n.Level < wishes.MinLevel)
        {
            var less = $"{Words.Of(n.Level)} is less than {Words.Of(wishes.MinLevel)}";
            return wishes.Digest == DigestRhythm.Off ? Never(less) : Later(less);
        }

        if (QuietUntil(reader, now) is not { } end) return Now;
        var wall = LocalTime.Wall(end, reader.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var quiet = $"her quiet hours last until {wall} {reader.Preferences.Zone}";
        return wishes.Digest == DigestRhythm.Daily ? Later(quiet) : new Telling(TellingKind.AfterQuietHours, quiet, end);
    }

    /// <summary>
    /// When the quiet hours that hold this moment are over, those that begin as others end included; null outside of them.
    /// </summary>
    public static DateTimeOffset? QuietUntil(Reader reader, DateTimeOffset now)
    {
        var windows = reader.Preferences.Quiet.Select(text => TimeWindow.Parse(text, reader.Zone, out _)).OfType<TimeWindow>().ToList();
        DateTimeOffset? end = null;
        // Two windows may follow each other for ever; nobody is kept waiting for longer than a week.
        for (var i = 0; i < 14 && windows.Select(w => w.EndAfter(end ?? now)).Max() is { } next; i++) end = next;
        return end;
    }

    private static Telling Now { get; } = new(TellingKind.AtOnce);

    private static Telling Later(string why) => new(TellingKind.InDigest, why);

    private static Telling Never(string why) => new(TellingKind.Never, why);

    /// <summary>A patch that she moved is her own doing; what a build, an alarm or an owner's rule says of it is not.</summary>
    private static bool IsHers(Reader reader, Notification n)
        => n.Type is "patch.opened" or "patch.revised" or "patch.merged" or "patch.archived" or NotificationTypes.ReviewWanted
            && reader.IsMeant(Reader.Author, n);
}

/// <summary>Whether and when.</summary>
public enum TellingKind
{
    /// <summary>Now.</summary>
    AtOnce,

    /// <summary>When her quiet hours are over.</summary>
    AfterQuietHours,

    /// <summary>It waits for her digest.</summary>
    InDigest,

    /// <summary>Not at all.</summary>
    Never,
}
