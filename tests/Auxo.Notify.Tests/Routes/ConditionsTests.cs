using Auxo.Contracts;
using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;
using Auxo.Notify.Verdicts;

using Channel = Auxo.Notify.Channels.Channel;
using Route = Auxo.Notify.Routes.Route;

namespace Auxo.Notify.Tests.Routes;

/// <summary>What a route may ask besides type, repository and level, and that a route says why it is silent.</summary>
public sealed class ConditionsTests
{
    private static readonly BuildFinished Branch = Told.Build() with
    {
        Subject = Told.Build().Subject with { PatchId = null, RevisionId = null, Trigger = BuildTrigger.Branch, Ref = "release/2" },
    };

    [Theory]
    [InlineData("release/*", null)]
    [InlineData("main", "it is about the branch main, and this is release/2")]
    public void a_branch(string pattern, string? why) => Assert.Equal(why, Ask(Branch, r => r with { Branches = [pattern] }));

    [Fact]
    public void a_patch_is_of_no_branch()
        => Assert.Equal("it is about the branch *, and this is about none", Ask(Told.Build(), r => r with { Branches = ["*"] }));

    [Fact]
    public void an_author()
    {
        Assert.Null(Ask(Branch, r => r with { Authors = ["@bob", Told.Author.Value] }));
        Assert.Equal(
            $"it is about what @bob did, and this is by {Told.Author}", Ask(Branch, r => r with { Authors = ["@bob"] }));
        var scan = Branch with { Subject = Branch.Subject with { Trigger = BuildTrigger.Schedule, Schedule = "nightly" } };
        Assert.Equal("it is about what * did, and nobody did this", Ask(scan, r => r with { Authors = ["*"] }));
    }

    [Theory]
    [InlineData("@alice", null)]
    [InlineData("alice", null)]
    [InlineData("@org/*", null)]
    [InlineData("@bob", "it is about files of @bob, and these are of @alice, @org/platform")]
    public void an_owner_with_or_without_the_sign(string pattern, string? why)
        => Assert.Equal(why, Ask(Branch, r => r with { Owners = [pattern] }, owners: ["@alice", "@org/platform"]));

    [Fact]
    public void a_change()
    {
        Assert.Null(Ask(Branch, r => r with { Changes = [Transition.Broke, Transition.Fixed] }, Transition.Broke));
        Assert.Equal(
            "it wants broke or fixed, and this is still_failing",
            Ask(Branch, r => r with { Changes = [Transition.Broke, Transition.Fixed] }, Transition.StillFailing));
        Assert.Equal("it wants fixed, and this is no such change", Ask(Branch, r => r with { Changes = [Transition.Fixed] }));
    }

    [Theory]
    [InlineData("mon-fri 09:00-17:00 Europe/Berlin", null)] // Told.At is a Monday, 13:00 in Berlin
    [InlineData("12:00-12:01", null)]
    [InlineData("mon 13:00-14:00", "it speaks only at mon 13:00-14:00")]
    [InlineData("sat,sun 00:00-24:00", "it speaks only at sat,sun 00:00-24:00")]
    public void hours(string hours, string? why) => Assert.Equal(why, Ask(Branch, r => r with { Hours = [hours] }));

    [Fact]
    public void a_last_route_silences_those_behind_it_and_they_say_so()
    {
        Route[] routes =
        [
            new() { Name = "a", On = ["patch.*"], Channels = ["x"], IsLast = true },
            new() { Name = "b", On = ["build.*"], Channels = ["x"], IsLast = true },
            new() { Name = "c", On = ["*"], Channels = ["y"] },
        ];
        var answer = GetRecipients.Decide(BuildNotification.Of(Branch, Guid.Empty), Table(routes), Told.At);
        Assert.Equal(("x", "b", "it listens to build.*"), answer.Deliveries.Select(static d => (d.Channel, d.Route, d.Why)).Single());
        Assert.Equal(
            [("a", "it does not listen to build.failed"), ("c", "b speaks of it, and is the last")],
            answer.Silent.Select(static s => (s.Route, s.Why)));
    }

    [Theory]
    [InlineData("branches[1] '', character 1: here may stand a branch's name, such as main or release/*.")]
    [InlineData("changes[0] 'brok': here may stand broke, fixed, still_failing.")]
    [InlineData("hours[0] 'mon-fri 08:00-25:00', character 15: '25:00' is no time; here may stand 00:00 to 24:00.")]
    [InlineData("hours[0] '08:00-18:00 Mars/Base', character 13: this machine knows no zone 'Mars/Base'; "
        + "here may stand one such as Europe/Berlin or UTC.")]
    [InlineData("hours[0] 'mon-fry 08:00-18:00', character 5: 'fry' is no day; "
        + "here may stand sun, mon, tue, wed, thu, fri, sat, such as mon-fri or sat,sun.")]
    [InlineData("hours[0] 'mon-fri', character 8: here stand hours, such as 08:00-18:00.")]
    [InlineData("hours[0] '08:00-18:00 UTC x', character 17: 'x' is too much; behind the zone stands nothing.")]
    [InlineData("hours[0] '08:00-08:00', character 1: it ends when it begins; a whole day is 00:00-24:00.")]
    public void what_cannot_be_read_is_refused_with_its_place_and_what_may_stand_there(string problem)
    {
        var text = problem.Split('\'') is [_, var quoted, ..] ? quoted : "";
        var request = problem.Split('[')[0] switch
        {
            "branches" => new RouteRequest(Channels: ["x"], Branches: ["main", text]),
            "changes" => new RouteRequest(Channels: ["x"], Changes: [text]),
            _ => new RouteRequest(Channels: ["x"], Hours: [text]),
        };
        Assert.Equal(problem, Assert.Throws<InvalidRouteException>(
            () => ConfigureRoute.Decide("r", request, new HashSet<string> { "x" }, new HashSet<string>(), "ann", Told.At)).Message);
    }

    [Fact]
    public void hostile_entries_are_refused_and_never_loop()
    {
        var set = new HashSet<string> { "x" };
        foreach (var text in (string?[])[null, new string('a', 100_000), "mon-fri-sun 1:00-2:00", "\u0000",
            "fri-mon 23:59-00:00 " + new string('z', 100)])
        {
            Assert.Throws<InvalidRouteException>(
                () => ConfigureRoute.Decide("r", new RouteRequest(Channels: ["x"], Hours: [text!]), set, new HashSet<string>(), "ann",
                    Told.At));
        }

        Assert.Throws<InvalidRouteException>(() => ConfigureRoute.Decide(
            "r", new RouteRequest(Channels: ["x"], Authors: [.. Enumerable.Repeat("a", 101)]), set, new HashSet<string>(), "ann", Told.At));
    }

    private static string? Ask(
        BuildFinished build, Func<RouteConditions, RouteConditions> when, Transition? change = null, IReadOnlyList<string>? owners = null)
    {
        var notification = BuildNotification.Of(build, Guid.Empty, change, owners);
        var route = new Route { Name = "r", On = ["*"], Channels = ["x"], When = when(RouteConditions.None) };
        return route.Silence(notification, Table(route).Of(notification, Told.At));
    }

    private static RoutingTable Table(params Route[] routes) => new(routes, routes.SelectMany(static r => r.Channels)
        .Distinct(StringComparer.Ordinal).ToDictionary(static c => c, static c => new Channel { Name = c, Kind = ChannelKind.Webhook,
            Exists = true }));
}
