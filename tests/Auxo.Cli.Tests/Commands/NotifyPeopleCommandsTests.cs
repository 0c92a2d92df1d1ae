using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

/// <summary>Who hears of what and how, from the command line.</summary>
public sealed class NotifyPeopleCommandsTests
{
    private const string Alice = """
        {"name":"alice","dids":[],"handles":["al"],"emails":["a@example.org"],"offered":["mail","phone"],"channels":["mail"],
         "minLevel":"warning","own":false,"quiet":["22:00-07:00"],"zone":"Europe/Berlin","digest":"daily","digestAt":"08:00","mute":[],
         "configuredAt":"2026-11-20T12:00:00Z"}
        """;

    private const string Recipients = """
        {"type":"build.failed","level":"warning","types":[],
         "deliveries":[{"channel":"team","route":"turns","refusal":null,"why":"it listens to build.*, broke"}],
         "silent":[{"route":"night","why":"it speaks only at 22:00-07:00"}],
         "people":[{"person":"alice","route":"turns","how":"in_digest","why":"her quiet hours last until 2026-11-24 07:00 Europe/Berlin"}]}
        """;

    /// <summary>Spectre.Console has a picture for what stands between the colons of a key.</summary>
    [Fact]
    public async Task a_key_in_an_example_stays_one()
    {
        await using var auxo = await StartAsync(static app => app.MapGet("/notify/readers", static () => FakeAuxo.Page()));
        Assert.Contains(" did:key:z6Mk", (await auxo.RunAsync("notify", "people")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task somebody_sees_and_sets_how_she_hears_of_things()
    {
        await using var auxo = await StartAsync(app =>
        {
            app.MapGet("/notify/readers/self", static () => FakeAuxo.Json(Alice));
            app.MapPut("/notify/readers/self", static () => FakeAuxo.Json(Alice));
        });

        var shown = await auxo.RunAsync("notify", "prefs", "show");
        Assert.Equal(
            """
            alice
              channels    mail
              may choose  mail, phone
              from level  warning
              own doing   off
              quiet       22:00-07:00 (critical passes)
              zone        Europe/Berlin
              digest      daily at 08:00
              muted       nothing
              known as    @al, a@example.org

            """, shown.Out);
        var set = await auxo.RunAsync(
            "notify", "prefs", "set", "--quiet", "22:00-07:00", "--zone", "Europe/Berlin", "--own", "on", "--mute", "none",
            "--digest", "daily");
        Assert.Equal(0, set.ExitCode);
        var put = auxo.Requests.Single(static r => r.StartsWith("PUT", StringComparison.Ordinal));
        var body = JsonDocument.Parse(put["PUT /notify/readers/self ".Length..]).RootElement;
        Assert.Equal(
            ("22:00-07:00", true, 0, "daily", false),
            (body.GetProperty("quiet")[0].GetString(), body.GetProperty("own").GetBoolean(), body.GetProperty("mute").GetArrayLength(),
                body.GetProperty("digest").GetString(), body.TryGetProperty("channels", out _)));
    }

    [Fact]
    public async Task a_route_leads_to_people_and_asks_for_more()
    {
        const string route = """
            {"name":"turns","on":["build.*"],"repositories":[],"minLevel":"info","channels":["team"],"configuredAt":"2026-11-20T12:00:00Z",
             "branches":["main"],"changes":["broke"],"last":true,"people":["author"],"digest":false}
            """;
        await using var auxo = await StartAsync(app => app.MapPut("/notify/routes/turns", static () => FakeAuxo.Json(route)));

        var result = await auxo.RunAsync(
            "notify", "routes", "set", "turns", "--on", "build.*", "--to", "team", "--to", "@author", "--branch", "main",
            "--change", "broke", "--last");

        Assert.Equal(
            """
            ROUTE  ON       REPOSITORY  FROM LEVEL  TO
            turns  build.*  all         info        team @author
              turns only where branch main; change broke; no route after it is asked where it speaks

            """, result.Out);
        var body = JsonDocument.Parse(auxo.Requests.Single()["PUT /notify/routes/turns ".Length..]).RootElement;
        Assert.Equal(("team", "author", true), (
            body.GetProperty("channels")[0].GetString(), body.GetProperty("people")[0].GetString(), body.GetProperty("last").GetBoolean()));
    }

    [Fact]
    public async Task who_would_hear_is_said_with_the_reasons()
    {
        await using var auxo = await StartAsync(app => app.MapGet("/notify/recipients", static () => FakeAuxo.Json(Recipients)));

        var result = await auxo.RunAsync("notify", "why", "build.failed", "--branch", "main", "--change", "broke");

        Assert.Equal(
            """
            build.failed (warning)
              ✓ team by turns: it listens to build.*, broke
              @alice by turns: in her digest, her quiet hours last until 2026-11-24 07:00 Europe/Berlin
              · night says nothing: it speaks only at 22:00-07:00

            """, result.Out);
        Assert.Equal("GET /notify/recipients?type=build.failed&branch=main&change=broke", auxo.Requests.Single());
    }

    [Fact]
    public async Task a_form_is_set_from_a_file_and_looked_at()
    {
        await using var auxo = await StartAsync(app =>
        {
            app.MapPut("/notify/channels/team/template", static () => FakeAuxo.Json(
                """{"channel":"team","source":"x","by":"ann","at":"2026-11-20T12:00:00Z"}"""));
            app.MapPost("/notify/channels/team/template/preview", static () => FakeAuxo.Json(
                """{"channel":"team","type":"build.failed","text":null,"problem":"it takes more than 2,000 steps"}"""));
        });
        var file = Path.Combine(auxo.Home, "team.liquid");
        await File.WriteAllTextAsync(file, "{{ title }}", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await auxo.RunAsync("notify", "templates", "set", "team", file)).ExitCode);
        Assert.Contains("{{ title }}", auxo.Requests.First(), StringComparison.Ordinal);
        var preview = await auxo.RunAsync("notify", "templates", "preview", "team");
        Assert.Equal((1, "The built-in form would be sent: it takes more than 2,000 steps\n"), (preview.ExitCode, preview.Out));
        Assert.Equal(2, (await auxo.RunAsync("notify", "templates", "set", "team", file + "x")).ExitCode);
    }

    [Fact]
    public async Task a_test_alert_is_shown_hop_by_hop()
    {
        const string delivery = """
            {"id":"msg_1","channel":"team","route":"alerts","state":"STATE","reason":null,"status":200,"attempts":1,"due":null,
             "type":"alert.raised","title":"x","notificationId":"0197b1f0-0000-7000-8000-000000000001","correlationId":null,
             "createdAt":"2026-11-23T11:58:00Z","updatedAt":"2026-11-23T11:58:00Z","log":LOG}
            """;
        var waiting = delivery.Replace("STATE", "waiting", StringComparison.Ordinal).Replace("LOG", "null", StringComparison.Ordinal);
        var delivered = delivery.Replace("STATE", "delivered", StringComparison.Ordinal).Replace(
            "LOG",
            """
            [{"attempt":1,"outcome":"delivered","status":200,"detail":"Slack took it (200)","excerpt":"ok","seconds":0.2,
              "endedAt":"2026-11-23T11:58:00Z"}]
            """,
            StringComparison.Ordinal);
        await using var auxo = await StartAsync(app =>
        {
            app.MapPost("/notify/alerts/test", () => FakeAuxo.Json(
                $$"""
                {"notificationId":"0197b1f0-0000-7000-8000-000000000001","title":"alert: RadicleNodeDown: a test; nothing is wrong",
                 "recipients":{{Recipients.Replace("build.failed", "alert.raised", StringComparison.Ordinal)}},
                 "deliveries":[{{waiting}}]}
                """, 202));
            app.MapGet("/notify/deliveries/msg_1", () => FakeAuxo.Json(delivered));
        });

        var result = await auxo.RunAsync("alerts", "test", "RadicleNodeDown");

        Assert.Equal(
            """
            rule          RadicleNodeDown
            notification  alert.raised, warning: alert: RadicleNodeDown: a test; nothing is wrong
            route         turns to team: it listens to build.*, broke
            person        alice by turns: her quiet hours last until 2026-11-24 07:00 Europe/Berlin
            silent        night: it speaks only at 22:00-07:00
            channel       team, msg_1
              ✓ attempt 1 200  Slack took it (200)  0.2 s
            ✓ delivered

            """, result.Out);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task a_rule_is_tried_with_its_own_severity_and_who_else_tells_of_it_is_said()
    {
        await using var auxo = await StartAsync(static app =>
        {
            app.MapGet("/metrics/alerts/rules", static () => FakeAuxo.Page("""
                {"name":"RepositoryHealthCritical","severity":"critical","measure":"health.score","bound":"below 50","forSeconds":3600,
                 "runbook":"docs/alerts.md#repositoryhealthcritical","speaker":"health.critical","raised":0}
                """));
            app.MapPost("/notify/alerts/test", static () => FakeAuxo.Json(
                $$"""
                {"notificationId":"0197b1f0-0000-7000-8000-000000000001","title":"a test","recipients":{{Recipients}},"deliveries":[]}
                """, 202));
        });

        var result = await auxo.RunAsync("alerts", "test", "RepositoryHealthCritical");

        Assert.Contains("auxo notify why health.critical", result.Out, StringComparison.Ordinal);
        Assert.Contains(auxo.Requests, static r => r.StartsWith("POST /notify/alerts/test", StringComparison.Ordinal)
            && r.Contains("\"severity\": \"critical\"", StringComparison.Ordinal));
        Assert.Equal(1, result.ExitCode);
    }

    private static Task<FakeAuxo> StartAsync(Action<IEndpointRouteBuilder> map) => FakeAuxo.StartAsync(app => map(app));
}
