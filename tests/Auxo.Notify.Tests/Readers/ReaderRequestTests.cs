using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;

namespace Auxo.Notify.Tests.Readers;

/// <summary>What people may say of themselves, and what cannot be read.</summary>
public sealed class ReaderRequestTests
{
    private static readonly HashSet<string> Channels = ["mail", "phone", "team"];

    [Fact]
    public void what_is_left_out_stays()
    {
        var first = Decide(new ReaderRequest(
            Dids: [Told.Author.Value], Handles: ["@alice", "org/x"], Channels: ["mail", "phone"], Quiet: ["22:00-07:00"],
            Zone: "Europe/Berlin", Digest: DigestRhythm.Daily, DigestAt: "07:30", Mute: ["repo:old"]), null, isAdministrator: true);
        Assert.Equal(["alice", "org/x"], first.Handles);
        var after = Decide(new ReaderRequest(MinLevel: Level.Warning), new Reader().Apply(first), isAdministrator: false);
        Assert.Equal(first with { Preferences = after.Preferences }, after);
        Assert.Equal(first.Preferences with { MinLevel = Level.Warning }, after.Preferences);
    }

    [Fact]
    public void she_chooses_among_the_channels_that_she_was_given_and_does_not_say_who_she_is()
    {
        var given = new Reader().Apply(Decide(new ReaderRequest(Channels: ["mail", "phone"]), null, isAdministrator: true));
        var chosen = new Reader().Apply(Decide(new ReaderRequest(Channels: ["phone"]), given, isAdministrator: false));
        Assert.Equal("phone of mail, phone", $"{string.Join(", ", chosen.Preferences.Channels)} of {string.Join(", ", chosen.Offered)}");
        Assert.Equal(["mail"], Decide(new ReaderRequest(Channels: ["mail"]), chosen, isAdministrator: false).Preferences.Channels);
        Assert.Contains("You have mail, phone.", Assert.Throws<NotYourReaderException>(
            () => Decide(new ReaderRequest(Channels: ["team"]), given, isAdministrator: false)).Message, StringComparison.Ordinal);
        foreach (var claim in (ReaderRequest[])[new(Dids: [Told.Author.Value]), new(Handles: ["bob"]), new(Emails: ["b@example.org"])])
            Assert.Throws<NotYourReaderException>(() => Decide(claim, given, isAdministrator: false));
    }

    public static TheoryData<ReaderRequest, string> Wrong => new()
    {
        { new(Channels: ["mail", "nowhere"]), "channels[1] 'nowhere': here may stand a channel; 'auxo notify channels'." },
        { new(Quiet: ["22-07"]), "quiet[0] '22-07', character 1: '22' is no time; here may stand 00:00 to 23:59." },
        { new(Zone: "Mars/Base"), "This machine knows no zone 'Mars/Base'; there are such as Europe/Berlin or UTC." },
        { new(DigestAt: "8"), "'digestAt' '8': here may stand 00:00 to 23:59." },
        { new(Mute: ["builds"]), "mute[0] 'builds': here may stand a type such as build.*, repo:NAME or patch:ID." },
        { new(Mute: ["patch:1"]), "mute[0] 'patch:1': here may stand a type such as build.*, repo:NAME or patch:ID." },
        { new(Dids: ["alice"]), "dids[0] 'alice': here may stand a key such as did:key:z6Mk…." },
        { new(Emails: ["a@b.c\r\nBcc: x@y.z"]), "emails[0] 'a@b.c  Bcc: x@y.z': here may stand an address such as alice@example.org." },
        { new(Handles: [null!]), "handles[0] '': here may stand a name such as @alice or @org/platform." },
        { new(Quiet: [.. Enumerable.Repeat("x", 51)]), "'quiet' has more than 50 entries." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void what_cannot_be_read_is_refused_with_its_place(ReaderRequest request, string why)
        => Assert.Equal(why, Assert.Throws<InvalidReaderException>(() => Decide(request, null, isAdministrator: true)).Message);

    [Theory]
    [InlineData("self")]
    [InlineData("author")]
    [InlineData("everyone")]
    [InlineData("Alice")]
    [InlineData("")]
    [InlineData("../x")]
    public void a_name_that_means_others_or_that_nobody_signs_in_with_is_none(string name)
        => Assert.Throws<InvalidReaderException>(() => new ReaderRequest().Decide(name, null, Channels, true, "ann", Told.At));

    private static ReaderEvent.Configured Decide(ReaderRequest request, Reader? before, bool isAdministrator)
        => request.Decide("alice", before, Channels, isAdministrator, "ann", Told.At);
}
