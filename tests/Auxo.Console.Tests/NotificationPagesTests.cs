using System.Net;
using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>Channels, routes, deliveries, and what can be done with them.</summary>
public sealed class NotificationPagesTests
{
    internal const string DeliveryId = "msg_4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Template =
        """{"channel":"team","source":"{{ title }}","by":"admin","at":"2026-11-20T12:00:00Z"}""";

    private const string Alice = """
        {"name":"alice","dids":[],"handles":["al"],"emails":["a@example.org"],"offered":["mail","phone"],"channels":["mail"],
         "minLevel":"warning","own":false,"quiet":["22:00-07:00"],"zone":"Europe/Berlin","digest":"daily","digestAt":"08:00","mute":[],
         "configuredAt":"2026-11-20T12:00:00Z"}
        """;

    private const string Hostile = "<img src=x>";

    [Fact]
    public async Task channels_routes_and_deliveries_are_shown()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/notifications"));
        Assert.Contains("✓</span> ready", page, StringComparison.Ordinal);
        Assert.Contains("2 waiting", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/notifications?channel=team&state=dead\">1 given up", page, StringComparison.Ordinal);
        Assert.Contains("build.failed, alert.*", page, StringComparison.Ordinal);
        Assert.Contains("all repositories", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/notifications/{DeliveryId}\">heartwood: failed", page, StringComparison.Ordinal);
        Assert.Contains("✗</span> given up", page, StringComparison.Ordinal);
        Assert.Contains("the receiver answered 410", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_route_says_who_would_hear_of_something_in_a_repository()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app);
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(FakeAuxo.Repository));
            app.MapGet("/notify/recipients", static () => FakeAuxo.Json("""
                {"type":"patch.opened","level":"info","types":["build.failed","patch.opened"],
                 "deliveries":[{"channel":"team","route":"all","refusal":null}],
                 "silent":[{"route":"broken","why":"it does not listen to patch.opened"}]}
                """));
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/notifications?type=patch.opened&in={FakeAuxo.Rid}"));
        Assert.Contains("by route all", page, StringComparison.Ordinal);
        Assert.Contains("it does not listen to patch.opened", page, StringComparison.Ordinal);
        Assert.Contains(console.Services.Requests, static r
            => r.StartsWith("GET /notify/recipients?type=patch.opened&rid=", StringComparison.Ordinal)
            && r.Contains("name=heartwood", StringComparison.Ordinal));
    }

    [Fact]
    public async Task people_who_hear_of_it_in_their_digest_are_named()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app);
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page());
            app.MapGet("/notify/readers", static () => FakeAuxo.Page(Alice));
            app.MapGet("/notify/recipients", static () => FakeAuxo.Json("""
                {"type":"build.failed","level":"warning","types":["build.failed"],"deliveries":[],"silent":[],
                 "people":[{"person":"alice","route":"rest","how":"in_digest","why":"the route is for digests"}]}
                """));
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync("/notifications"));
        Assert.Contains("@alice", page, StringComparison.Ordinal);
        Assert.Contains("by route rest: the route is for digests", page, StringComparison.Ordinal);
        Assert.Contains("No channel would hear of it at once.", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/notifications/people/alice\"", page, StringComparison.Ordinal);
        Assert.Contains("daily digest at 08:00 Europe/Berlin", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task somebody_says_how_she_hears_of_things()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/notify/readers/self", static () => FakeAuxo.Json(Alice));
            app.MapPut("/notify/readers/self", static () => FakeAuxo.Json(Alice));
        });
        var shown = await console.PageAsync("/notifications/people/self");
        Assert.Contains("value=\"mail\" checked", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"phone\" checked", shown, StringComparison.Ordinal);
        using var answer = await console.SendAsync(
            "/notifications/people/self", "/notifications/people/self", ("_handler", "reader"), ("channels", "phone"),
            ("minLevel", "warning"), ("quiet", "22:00-07:00\r\nsat,sun 00:00-24:00\r\n"), ("zone", " Europe/Berlin "), ("digest", "weekly"),
            ("digestAt", "07:30"), ("mute", ""));
        Assert.Contains("It is kept.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var put = console.Services.Requests.Single(static r => r.StartsWith("PUT", StringComparison.Ordinal));
        var body = JsonDocument.Parse(put["PUT /notify/readers/self ".Length..]).RootElement;
        Assert.Equal(
            ("phone", false, "sat,sun 00:00-24:00", "Europe/Berlin", "weekly", "07:30", 0, false),
            (body.GetProperty("channels")[0].GetString(), body.GetProperty("own").GetBoolean(), body.GetProperty("quiet")[1].GetString(),
                body.GetProperty("zone").GetString(), body.GetProperty("digest").GetString(), body.GetProperty("digestAt").GetString(),
                body.GetProperty("mute").GetArrayLength(), body.TryGetProperty("dids", out _)));
    }

    [Fact]
    public async Task what_is_refused_of_somebodys_wishes_is_said()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/notify/readers/bob", static () => FakeAuxo.Problem(404, "reader/not-found", "Nobody knows bob."));
            app.MapGet("/notify/readers/self", static () => FakeAuxo.Json(Alice));
            app.MapPut("/notify/readers/self", static () => FakeAuxo.Problem(422, "reader/invalid", "There is no zone '<b>'."));
        });
        Assert.Contains(
            "auxo notify prefs set bob --channel", await console.PageAsync("/notifications/people/bob"), StringComparison.Ordinal);
        using var answer = await console.SendAsync(
            "/notifications/people/self", "/notifications/people/self", ("_handler", "reader"), ("zone", "<b>"));
        Assert.Contains(
            "There is no zone &#x27;&lt;b&gt;&#x27;.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_form_of_messages_is_looked_at_before_it_is_kept()
    {
        var kept = false;
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            Map(app);
            app.MapGet("/notify/recipients", static () => FakeAuxo.Json(
                """{"type":"build.failed","level":"warning","types":["build.failed","patch.opened"],"deliveries":[],"silent":[]}"""));
            app.MapGet("/notify/channels/team/template", () => kept
                ? FakeAuxo.Json(Template) : FakeAuxo.Problem(404, "template/not-found", "It has none."));
            app.MapPost("/notify/channels/team/template/preview", static () => FakeAuxo.Json(
                """{"channel":"team","type":"patch.opened","text":"<b>Hello</b>","problem":null}"""));
            app.MapPut("/notify/channels/team/template", () =>
            {
                kept = true;
                return FakeAuxo.Json(Template);
            });
        });
        const string Address = "/notifications/templates/team";
        Assert.Contains("The built-in form is used.", await console.PageAsync(Address), StringComparison.Ordinal);
        using var looked = await console.SendAsync(
            Address, Address, ("_handler", "template"), ("source", "{{ title }}"), ("type", "patch.opened"), ("verb", "preview"));
        var page = await looked.Content.ReadAsStringAsync();
        Assert.Contains("<pre>&lt;b&gt;Hello&lt;/b&gt;</pre>", page, StringComparison.Ordinal);
        Assert.Contains("{{ title }}</textarea>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("PUT", StringComparison.Ordinal));
        using var saved = await console.SendAsync(
            Address, Address, ("_handler", "template"), ("source", "{{ title }}"), ("type", "patch.opened"), ("verb", "save"));
        Assert.Contains("The built-in form again", await saved.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(console.Services.Requests, static r => r.StartsWith("PUT", StringComparison.Ordinal)
            && r.Contains("{{ title }}", StringComparison.Ordinal));
        using var visitor = await console.SignedInAsync();
        using var none = await visitor.GetAsync(new Uri("/notifications/templates/nobody", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task a_channel_that_is_off_says_why()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => Map(app, channels: [Channel("false", "\"it answered 410: it wants nothing more\"")]));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/notifications"));
        Assert.Contains("✗</span> disabled", page, StringComparison.Ordinal);
        Assert.Contains("it wants nothing more", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_there_is_nothing_the_page_says_the_next_command()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, channels: [], routes: [], deliveries: []));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/notifications"));
        Assert.Contains("auxo notify channels set team", page, StringComparison.Ordinal);
        Assert.Contains("auxo notify routes set broken --on build.failed --to team", page, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent yet.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_link_of_a_channel_asks_for_its_deliveries_only()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        Assert.Contains("Given up for team", await console.PageAsync("/notifications?channel=team&state=dead"), StringComparison.Ordinal);
        Assert.Contains(console.Services.Requests, static r => r.StartsWith("GET /notify/deliveries?", StringComparison.Ordinal)
            && r.Contains("channel=team", StringComparison.Ordinal) && r.Contains("state=dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_delivery_shows_every_attempt()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync($"/notifications/{DeliveryId}"));
        Assert.Contains("Given up: the receiver answered 410", page, StringComparison.Ordinal);
        Assert.Contains("attempt 1", page, StringComparison.Ordinal);
        Assert.Contains("status 410", page, StringComparison.Ordinal);
        Assert.Contains("“gone”", page, StringComparison.Ordinal);
        Assert.Contains("by the route all", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/trace/4bf92f3577b34da6a3ce929d0e0e4736\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/notifications")]
    [InlineData("/notifications/" + DeliveryId)]
    public async Task text_from_outside_is_never_markup(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, [Channel(problem: $"\"{Hostile}\"").Replace("http://127.0.0.1:1/…", Hostile, StringComparison.Ordinal)],
            [Route.Replace("\"all\"", $"\"{Hostile}\"", StringComparison.Ordinal)],
            [Delivery(title: Hostile, said: Hostile)], Delivery(title: Hostile, said: Hostile, log: true)));
        var page = await console.PageAsync(path);
        Assert.Contains("&lt;img src=x&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"notify:read\"", false)]
    [InlineData("\"notify:read\",\"notify:write\"", true)]
    public async Task buttons_are_there_for_whom_they_work(string scopes, bool there)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app), scopes: scopes);
        var (list, one) = (await console.PageAsync("/notifications"), await console.PageAsync($"/notifications/{DeliveryId}"));
        Assert.Equal(there, list.Contains("Send a test", StringComparison.Ordinal));
        Assert.Equal(there, one.Contains("Send again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_was_delivered_is_not_sent_again()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, delivery: Delivery(state: "delivered", log: true)));
        Assert.DoesNotContain("Send again", await console.PageAsync($"/notifications/{DeliveryId}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_test_leads_to_its_delivery_once_it_was_tried()
    {
        var asked = 0;
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            Map(app, map: false);
            app.MapPost("/notify/channels/{name}/test", static () => FakeAuxo.Json(Delivery(state: "waiting"), 202));
            app.MapGet("/notify/deliveries/{id}", () => FakeAuxo.Json(Delivery(state: asked++ == 0 ? "sending" : "delivered")));
        });
        using var answer = await console.SendAsync("/notifications", "/notifications/channels/team/test");
        Assert.Equal($"/notifications/{DeliveryId}", answer.Headers.Location!.ToString());
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task a_dead_delivery_is_sent_again_and_a_refusal_is_shown()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app);
            app.MapPost("/notify/deliveries/{id}/replay", static (string id) => id == DeliveryId
                ? FakeAuxo.Json("""{"count":1}""") : FakeAuxo.Problem(409, "delivery/not-dead", "It was not given up."));
        });
        var page = $"/notifications/{DeliveryId}";
        using var answer = await console.SendAsync(page, page + "/replay");
        Assert.Equal(page, answer.Headers.Location!.ToString());
        using var refused = await console.SendAsync(page, "/notifications/msg_other/replay");
        var back = refused.Headers.Location!.ToString();
        Assert.StartsWith("/notifications/msg_other?refused=", back, StringComparison.Ordinal);
        Assert.Contains("It was not given up.", await console.PageAsync(page + back[back.IndexOf('?', StringComparison.Ordinal)..]),
            StringComparison.Ordinal);
        // What somebody else wrote into the address is nothing that Auxo says.
        Assert.DoesNotContain("Call us", await console.PageAsync(page + "?refused=Call%20us"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/notifications/channels/team/test")]
    [InlineData("/notifications/" + DeliveryId + "/replay")]
    public async Task a_form_of_another_site_does_nothing(string action)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.ForgeAsync(action);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
    }

    internal static void Map(
        IEndpointRouteBuilder app, string[]? channels = null, string[]? routes = null, string[]? deliveries = null,
        string? delivery = null, bool map = true)
    {
        app.MapGet("/notify/channels", () => FakeAuxo.Page(channels ?? [Channel()]));
        app.MapGet("/notify/routes", () => FakeAuxo.Page(routes ?? [Route]));
        app.MapGet("/notify/deliveries", () => FakeAuxo.Page(deliveries ?? [Delivery()]));
        if (map) app.MapGet("/notify/deliveries/{id}", () => FakeAuxo.Json(delivery ?? Delivery(log: true)));
    }

    private const string Route = """
        {"name":"all","on":["build.failed","alert.*"],"repositories":[],"minLevel":"info","channels":["team","mail"],
         "configuredAt":"2026-11-23T12:00:00Z"}
        """;

    private static string Channel(string enabled = "true", string problem = "null") => $$"""
        {"name":"team","kind":"webhook","target":"http://127.0.0.1:1/…","enabled":{{enabled}},"problem":{{problem}},"waiting":2,"dead":1,
         "lastDeliveredAt":"2026-11-23T12:00:00Z","configuredAt":"2026-11-23T12:00:00Z"}
        """;

    private static string Delivery(
        string state = "dead", string title = "heartwood: failed: Fix the handshake", string said = "gone", bool log = false) => $$"""
        {"id":"{{DeliveryId}}","channel":"team","route":"all","state":"{{state}}",
         "reason":{{(state == "dead" ? "\"the receiver answered 410\"" : "null")}},"status":410,"attempts":1,"type":"build.failed",
         "title":"{{title}}","notificationId":"3f2a1c77-1111-5222-8333-444455556666",
         "correlationId":"4bf92f3577b34da6a3ce929d0e0e4736","createdAt":"2026-11-23T12:00:00Z","updatedAt":"2026-11-23T12:00:00Z"
         {{(log ? Log(said) : "")}}}
        """;

    private static string Log(string said) => $$"""
        ,"log":[{"attempt":1,"outcome":"failed","status":410,"detail":"the receiver answered 410","excerpt":"{{said}}","seconds":0.25,
                 "endedAt":"2026-11-23T12:00:00Z"}]
        """;
}
