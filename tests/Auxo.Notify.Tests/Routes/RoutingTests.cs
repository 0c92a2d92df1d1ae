using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

using FsCheck;
using FsCheck.Fluent;

using Channel = Auxo.Notify.Channels.Channel;
using Route = Auxo.Notify.Routes.Route;

namespace Auxo.Notify.Tests.Routes;

/// <summary>Who is told what.</summary>
public sealed class RoutingTests
{
    private static readonly Guid Id = Guid.Parse("0197b1f0-0000-7000-8000-000000000001");
    private static readonly Notification Failed = BuildNotification.Of(Told.Build(), Id);

    [Fact]
    public void every_channel_of_a_route_that_speaks_of_it_is_told()
        => Assert.Equal(
            [("all", "mail"), ("all", "team")],
            Routing.Route(Failed, Table(To("all", "mail", "team"), To("patches", "other") with { On = ["patch.*"] }), Told.At)
                .Select(static p => (p.Route, p.Channel)));

    [Fact]
    public void a_channel_that_several_routes_name_hears_it_once_by_the_first()
        => Assert.Equal([("a", "team"), ("b", "mail")], Routing.Route(Failed, Table(To("a", "team", "team"), To("b", "team", "mail")),
            Told.At)
            .Select(static p => (p.Route, p.Channel)));

    [Fact]
    public void who_would_hear_of_something_is_decided_as_when_it_happens()
    {
        var table = Table(To("all", "team"), To("patches", "mail") with { On = ["patch.*"] });
        var answer = GetRecipients.Decide(Failed, table, Told.At);
        Assert.Equal(
            Routing.Route(Failed, table, Told.At).Select(static p => (p.Channel, p.Route!, p.Refusal)),
            answer.Deliveries.Select(static d => (d.Channel, d.Route, d.Refusal)));
        Assert.Equal([("patches", "it does not listen to build.failed")], answer.Silent.Select(static s => (s.Route, s.Why)));
    }

    [Fact]
    public void what_auxo_sends_matters_as_much_as_it_is_imagined_to()
        => Assert.Equal(Failed.Level, NotificationTypes.UsualLevel(Failed.Type));

    [Theory]
    [InlineData("*", "", Level.Info, true)]
    [InlineData("build.failed", "", Level.Warning, true)]
    [InlineData("build.failed", "", Level.Critical, false)]
    [InlineData("build.passed", "", Level.Info, false)]
    [InlineData("build.*", "heartwood", Level.Info, true)]
    [InlineData("build.*", "heart*", Level.Info, true)]
    [InlineData("build.*", "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5", Level.Info, true)]
    [InlineData("build.*", "radicle", Level.Info, false)]
    public void a_route_speaks_of_certain_types_repositories_and_levels(string on, string repository, Level least, bool speaks)
    {
        var route = To("r", "team") with { On = [on], Repositories = repository.Length == 0 ? [] : [repository], MinLevel = least };
        Assert.Equal(speaks, Routing.Route(Failed, Table(route), Told.At).Count == 1);
        Assert.Equal(speaks, route.Silence(Failed, Table(route).Of(Failed, Told.At)) is null);
    }

    [Fact]
    public void a_channel_that_is_disabled_or_gone_gets_a_delivery_that_says_so()
    {
        var table = Table(To("r", "team", "gone"));
        table = table with { Channels =
            new Dictionary<string, Channel>(StringComparer.Ordinal) { ["team"] = table.Channels["team"] with { DisabledReason = "410" } } };
        Assert.Equal(["the channel is disabled: 410", "there is no such channel any more"], Routing.Route(Failed, table, Told.At)
            .Select(static p => p.Refusal));
    }

    [Fact]
    public void the_same_decision_gives_the_same_ids_and_another_one_others()
    {
        var table = Table(To("r", "a", "b"), To("s", "c"));
        var ids = Routing.Route(Failed, table, Told.At).Select(static p => p.Id).ToList();
        Assert.Equal(ids, Routing.Route(Failed, table, Told.At).Select(static p => p.Id));
        Assert.Equal(6, ids.Concat(Routing.Route(Failed with { Id = Guid.NewGuid() }, table, Told.At).Select(static p => p.Id))
            .Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, static id => Assert.Matches("^msg_[0-9a-f]{32}$", id));
        Assert.Equal("msg_"
            + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("0197b1f0000070008000000000000001"u8.ToArray()
                .Concat("\nr\na"u8.ToArray()).ToArray()))[..32], DeliveryId.For(Id, "r", "a"));
    }

    [Fact]
    public void whatever_the_routes_a_channel_is_notified_at_most_once_and_only_by_a_route_that_names_it()
    {
        var names = Gen.Elements("a", "b", "c", "d");
        var routes = (from listens in Gen.Elements("*", "build.*", "patch.*", "build.failed", "x")
                      from to in names.NonEmptyListOf()
                      from least in Gen.Elements(Level.Info, Level.Warning, Level.Critical)
                      select To("r", [.. to]) with { On = [listens], MinLevel = least })
                          .ListOf().Select(static l => l.Select((r, i) => r with { Name = $"r{i}" }).ToArray());
        Prop.ForAll(routes.ToArbitrary(), Gen.Elements(Enum.GetValues<Contracts.Outcome>()).ToArbitrary(), static (list, outcome) =>
        {
            var notification = BuildNotification.Of(Told.Build(outcome), Id);
            var (planned, asked) = (Routing.Route(notification, Table(list), Told.At), Table(list).Of(notification, Told.At));
            return planned.Select(static p => p.Channel).Distinct(StringComparer.Ordinal).Count() == planned.Count
                && planned.All(p => list.First(r
                    => r.Silence(notification, asked) is null && r.Channels.Contains(p.Channel, StringComparer.Ordinal)).Name == p.Route)
                && list.Where(r => r.Silence(notification, asked) is null)
                    .SelectMany(static r => r.Channels).All(c => planned.Any(p => p.Channel == c));
        }).QuickCheckThrowOnFailure();
    }

    private static Route To(string name, params string[] channels) => new() { Name = name, On = ["*"], Channels = channels, Exists = true };

    private static RoutingTable Table(params Route[] routes)
        => new(routes, routes.SelectMany(static r => r.Channels).Where(static c => c != "gone")
            .Distinct(StringComparer.Ordinal).ToDictionary(
                static c => c, static c => new Channel { Name = c, Kind = ChannelKind.Webhook, Exists = true }, StringComparer.Ordinal));
}
