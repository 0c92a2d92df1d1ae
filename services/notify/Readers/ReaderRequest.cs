using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Times;

namespace Auxo.Notify.Readers;

/// <summary>What shall be different; what is left out stays.</summary>
/// <param name="Dids">Her Radicle keys; administrators say it.</param>
/// <param name="Handles">How CODEOWNERS names her, and the groups she is in; administrators say it.</param>
/// <param name="Emails">Addresses by which CODEOWNERS may name her; administrators say it.</param>
/// <param name="Channels">By which channels she hears; she herself chooses among those that an administrator gave her.</param>
/// <param name="MinLevel">What is less waits for the digest, or is not told.</param>
/// <param name="Own">Whether she hears of what she did herself.</param>
/// <param name="Quiet">Hours such as <c>22:00-07:00</c> or <c>sat,sun 00:00-24:00</c>; an empty list for none.</param>
/// <param name="Zone">Such as <c>Europe/Berlin</c>.</param>
/// <param name="Digest">How often.</param>
/// <param name="DigestAt">Such as <c>08:00</c>.</param>
/// <param name="Mute">A type such as <c>build.*</c>, <c>repo:NAME</c> or <c>patch:ID</c>; an empty list for nothing.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReaderRequest(
    IReadOnlyList<string>? Dids = null, IReadOnlyList<string>? Handles = null, IReadOnlyList<string>? Emails = null,
    IReadOnlyList<string>? Channels = null, Level? MinLevel = null, bool? Own = null, IReadOnlyList<string>? Quiet = null,
    string? Zone = null, DigestRhythm? Digest = null, string? DigestAt = null, IReadOnlyList<string>? Mute = null)
{
    private const int MaxEntries = 50;

    /// <summary>The event that it comes to.</summary>
    /// <param name="name">Her name.</param>
    /// <param name="before">What is known of her; null for nothing.</param>
    /// <param name="channels">The channels that there are.</param>
    /// <param name="isAdministrator">Whether who asks may change everybody's.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="now">The present.</param>
    /// <exception cref="InvalidReaderException">She cannot be like that.</exception>
    /// <exception cref="NotYourReaderException">That is not hers to say.</exception>
    public ReaderEvent.Configured Decide(
        string name, Reader? before, IReadOnlySet<string> channels, bool isAdministrator, string by, DateTimeOffset now)
    {
        if (!IsName(name)) throw new InvalidReaderException(
            $"'{Notification.Line(name, 60)}' is no name that somebody signs in with: small letters, digits and . _ -, at most 40, and "
                + $"neither 'self' nor '{Reader.Author}', '{Reader.Owners}' or '{Reader.Everyone}', which mean others in routes.");
        var known = before is { Exists: true } ? before : new Reader();
        var wishes = known.Preferences;
        if (!isAdministrator && (Dids ?? Handles ?? Emails) is not null)
            throw new NotYourReaderException(
                "Who you are in CODEOWNERS and on Radicle is said by an administrator; it decides whose notifications you get.");
        var chosen = Channels is null ? wishes.Channels : Entries("channels", Channels, channels.Contains,
            "a channel; 'auxo notify channels'");
        if (!isAdministrator && chosen.Except(known.Offered, StringComparer.Ordinal).FirstOrDefault() is { } foreign)
            throw new NotYourReaderException(
                $"The channel '{foreign}' is none that an administrator gave you. "
                    + (known.Offered.Count == 0 ? "You have none yet." : $"You have {string.Join(", ", known.Offered)}."));
        var zone = Zone ?? wishes.Zone;
        if (LocalTime.Zone(zone) is not { } clocks) throw new InvalidReaderException(
            $"This machine knows no zone '{Notification.Line(zone, 60)}'; there are such as Europe/Berlin or UTC.");
        return new ReaderEvent.Configured(
            name,
            Dids is null ? known.Dids : Entries("dids", Dids, static d => Did.TryParse(d, null, out _), "a key such as did:key:z6Mk…"),
            Handles is null ? known.Handles : [.. Entries("handles", Handles, IsHandle, "a name such as @alice or @org/platform")
                .Select(static h => h.TrimStart('@')).Distinct(StringComparer.Ordinal)],
            Emails is null ? known.Emails : Entries("emails", Emails, IsAddress, "an address such as alice@example.org"),
            isAdministrator && Channels is not null ? chosen : known.Offered,
            new Preferences(
                chosen, MinLevel ?? wishes.MinLevel, Own ?? wishes.Own, Quiet is null ? wishes.Quiet : Hours(Quiet, clocks), zone,
                Digest ?? wishes.Digest, DigestAt is null ? wishes.DigestAt : Time(DigestAt),
                Mute is null ? wishes.Mute : Entries("mute", Mute, Muted.IsOne, Muted.May)),
            by, now);
    }

    /// <summary>As people are named who sign in.</summary>
    public static bool IsName(string name)
        => name.Length is > 0 and <= 40 && (char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0]))
            && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
            && name is not ("self" or Reader.Author or Reader.Owners or Reader.Everyone);

    private static IReadOnlyList<string> Entries(string what, IReadOnlyList<string> given, Func<string, bool> isOne, string may)
    {
        if (given.Count > MaxEntries) throw new InvalidReaderException($"'{what}' has more than {MaxEntries} entries.");
        foreach (var (i, entry) in given.Index())
            if (!isOne(entry ?? ""))
                throw new InvalidReaderException($"{what}[{i}] '{Notification.Line(entry, 60)}': here may stand {may}.");
        return [.. given.Distinct(StringComparer.Ordinal)];
    }

    private static IReadOnlyList<string> Hours(IReadOnlyList<string> given, TimeZoneInfo zone)
    {
        if (given.Count > MaxEntries) throw new InvalidReaderException($"'quiet' has more than {MaxEntries} entries.");
        foreach (var (i, entry) in given.Index())
            if (TimeWindow.Parse(entry ?? "", zone, out var problem) is null)
                throw new InvalidReaderException(
                    $"quiet[{i}] '{Notification.Line(entry, 60)}', character {problem!.Position}: {problem.Problem}.");
        return [.. given.Distinct(StringComparer.Ordinal)];
    }

    private static TimeOnly Time(string text)
        => TimeOnly.TryParseExact(text, "HH:mm", System.Globalization.CultureInfo.InvariantCulture, default, out var time)
            ? time
            : throw new InvalidReaderException($"'digestAt' '{Notification.Line(text, 40)}': here may stand 00:00 to 23:59.");

    private static bool IsHandle(string text) => text.Trim('@').Length is > 0 and <= 100 && !text.Any(static c => char.IsControl(c)
        || c == ' ');

    private static bool IsAddress(string text)
        => text.Length < 320 && !text.Any(char.IsControl) && MimeKit.MailboxAddress.TryParse(text, out var address)
            && address.Address.IndexOf('@', StringComparison.Ordinal) > 0 && address.Address == text;
}
