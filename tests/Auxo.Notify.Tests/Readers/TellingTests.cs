using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;

using Channel = Auxo.Notify.Channels.Channel;
using Route = Auxo.Notify.Routes.Route;

namespace Auxo.Notify.Tests.Readers;

/// <summary>What people's preferences make of what routes want to tell them.</summary>
public sealed class TellingTests
{
    /// <summary>A Monday, 13:00 in Berlin.</summary>
    private static readonly DateTimeOffset Now = Told.At;

    private static readonly Notification Failed = BuildNotification.Of(Told.Build(), Guid.Empty);
    private static readonly Notification Opened = PatchNotification.Of(Told.Opened(), Guid.Empty);

    private static readonly Reader Alice = new()
    {
        Name = "alice", Dids = [Told.Author.Value], Handles = ["al", "org/platform"], Emails = ["alice@example.org"], Exists = true,
        Preferences = Preferences.Usual with { Channels = ["alice-mail"], Zone = "Europe/Berlin" },
    };

    [Theory]
    [InlineData(Level.Info, DigestRhythm.Off, TellingKind.AtOnce)]
    [InlineData(Level.Warning, DigestRhythm.Off, TellingKind.AtOnce)]
    [InlineData(Level.Critical, DigestRhythm.Off, TellingKind.Never)]
    [InlineData(Level.Critical, DigestRhythm.Daily, TellingKind.InDigest)]
    [InlineData(Level.Critical, DigestRhythm.Weekly, TellingKind.InDigest)]
    public void what_is_less_waits_for_the_digest_or_is_not_told(Level least, DigestRhythm digest, TellingKind how)
        => Assert.Equal(how, Decide(p => p with { MinLevel = least, Digest = digest }, Failed).How);

    [Theory]
    [InlineData("12:00-14:00", DigestRhythm.Off, TellingKind.AfterQuietHours)]
    [InlineData("12:00-14:00", DigestRhythm.Weekly, TellingKind.AfterQuietHours)]
    [InlineData("12:00-14:00", DigestRhythm.Daily, TellingKind.InDigest)]
    [InlineData("14:00-15:00", DigestRhythm.Daily, TellingKind.AtOnce)]
    public void in_quiet_hours_it_waits_for_their_end_or_a_daily_digest(string quiet, DigestRhythm digest, TellingKind how)
        => Assert.Equal(how, Decide(p => p with { Quiet = [quiet], Digest = digest }, Failed).How);

    [Fact]
    public void what_is_critical_passes_quiet_hours_and_levels_but_not_what_she_muted()
    {
        var critical = Failed with { Level = Level.Critical };
        Assert.Equal(TellingKind.AtOnce, Decide(p => p with { Quiet = ["00:00-24:00"], MinLevel = Level.Critical }, critical).How);
        foreach (var mute in (string[])["build.*", "repo:heart*", "repo:" + Told.Rid, "patch:" + Told.Patch.Short])
            Assert.Equal((TellingKind.Never, $"she muted {mute}"), (
                Decide(p => p with { Mute = [mute] }, critical).How, Decide(p => p with { Mute = [mute] }, critical).Why));
        Assert.Equal(TellingKind.AtOnce, Decide(p => p with { Mute = ["repo:other", "patch:ffffffff"] }, critical).How);
    }

    [Fact]
    public void quiet_hours_end_by_her_clock_also_when_others_begin_then()
    {
        var end = Decide(p => p with { Quiet = ["mon 12:00-14:00", "mon 14:00-15:30"] }, Failed);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 14, 30, 0, TimeSpan.Zero), end.At);
        Assert.Equal("her quiet hours last until 2026-11-23 15:30 Europe/Berlin", end.Why);
        Assert.True(Decide(p => p with { Quiet = ["00:00-24:00"] }, Failed).At < Now.AddDays(15));
    }

    [Fact]
    public void of_what_she_did_herself_she_hears_when_she_wants_to_and_of_her_builds_always()
    {
        Assert.Equal((TellingKind.Never, "she did it herself"), (Decide(p => p, Opened).How, Decide(p => p, Opened).Why));
        Assert.Equal(TellingKind.AtOnce, Decide(p => p with { Own = true }, Opened).How);
        Assert.Equal(TellingKind.AtOnce, Decide(p => p, Failed).How);
        Assert.Equal(TellingKind.AtOnce, Telling.Decide(Alice with { Dids = [] }, Opened, false, false, Now).How);
    }

    [Fact]
    public void the_daily_report_waits_for_a_daily_digest_that_is_still_to_come()
    {
        var report = Failed with { Type = "report.daily", Build = null, Patch = null };
        var daily = Alice with { Preferences = Alice.Preferences with { Digest = DigestRhythm.Daily } };
        Assert.Equal(TellingKind.InDigest, Telling.Decide(daily, report, false, digestToday: true, Now).How);
        Assert.Equal(TellingKind.AtOnce, Telling.Decide(daily, report, false, digestToday: false, Now).How);
        Assert.Equal(TellingKind.AtOnce, Telling.Decide(Alice, report, false, digestToday: true, Now).How);
        Assert.Equal(TellingKind.AtOnce, Telling.Decide(daily, report with { Type = "report.weekly" }, false, true, Now).How);
    }

    [Fact]
    public void a_route_for_digests_tells_only_who_has_one()
    {
        Assert.Equal(TellingKind.Never, Telling.Decide(Alice, Failed, isForDigest: true, false, Now).How);
        var weekly = Alice with { Preferences = Alice.Preferences with { Digest = DigestRhythm.Weekly } };
        Assert.Equal(TellingKind.InDigest, Telling.Decide(weekly, Failed with { Level = Level.Critical }, true, false, Now).How);
    }

    [Theory]
    [InlineData("author", true)]
    [InlineData("owners", true)]
    [InlineData("everyone", true)]
    [InlineData("alice", true)]
    [InlineData("bob", false)]
    public void routes_lead_to_people(string person, bool isMeant)
        => Assert.Equal(isMeant, Alice.IsMeant(person, Failed with { Owners = ["@org/platform"] }));

    [Theory]
    [InlineData("@al")]
    [InlineData("al")]
    [InlineData("@alice")]
    [InlineData("Alice@example.org")]
    [InlineData("@org/platform")]
    public void owners_are_known_by_handle_group_address_and_key(string owner) => Assert.True(Alice.IsCalled(owner));

    [Fact]
    public void somebody_is_told_once_and_at_once_rather_than_in_her_digest()
    {
        var daily = Alice with { Preferences = Alice.Preferences with { Digest = DigestRhythm.Daily } };
        var bob = daily with { Name = "bob", Dids = [], Handles = [] };
        var plan = Routing.Plan(Failed, Table([daily, bob],
            new Route { Name = "a-rest", On = ["*"], People = ["everyone"], IsForDigest = true },
            new Route { Name = "b-broke", On = ["build.*"], People = ["author"] }), Now);
        Assert.Equal([("alice-mail", "alice", "b-broke")], plan.Deliveries.Select(static d => (d.Channel, d.Reader!, d.Route!)));
        Assert.Equal([("bob", "a-rest")], plan.Holds.Select(static h => (h.Reader, h.Route)));
    }

    [Fact]
    public void a_channel_that_a_route_names_hears_it_once_though_it_is_also_hers()
        => Assert.Equal(
            [("alice-mail", null)],
            Routing.Plan(Failed, Table([Alice], new Route { Name = "r", On = ["*"], Channels = ["alice-mail"], People = ["alice"] }), Now)
                .Deliveries.Select(static d => (d.Channel, d.Reader)));

    [Fact]
    public void conditions_know_an_author_by_her_names()
        => Assert.Null(new Route { Name = "r", On = ["*"], When = RouteConditions.None with { Authors = ["@al"] } }
            .Silence(Failed, Table([Alice]).Of(Failed, Now)));

    private static Telling Decide(Func<Preferences, Preferences> wishes, Notification n)
        => Telling.Decide(Alice with { Preferences = wishes(Alice.Preferences) }, n, isForDigest: false, digestToday: false, Now);

    private static RoutingTable Table(Reader[] readers, params Route[] routes)
        => new(routes, new Dictionary<string, Channel>
        {
            ["alice-mail"] = new() { Name = "alice-mail", Kind = ChannelKind.Email, Exists = true },
        }) { Readers = readers };
}
