using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class NotifyCommandsTests
{
    private const string Id = "msg_0d5a1c7e9b3f4a62b8e1c2d3f4a5b6c7";

    private const string Channel = """
        {"name":"team","kind":"webhook","target":"https://hooks.example.org/…wJek","enabled":true,"problem":null,
         "pausedUntil":null,"oldSecretUntil":null,"waiting":2,"dead":1,
         "lastDeliveredAt":"2026-11-23T11:58:00Z","configuredAt":"2026-11-20T12:00:00Z"}
        """;

    private const string Route = """
        {"name":"broken","on":["build.failed","alert.*"],"repositories":[],"minLevel":"warning",
         "channels":["team","mail"],"configuredAt":"2026-11-20T12:00:00Z"}
        """;

    [Fact]
    public async Task channels_show_what_waits_and_where_it_goes()
    {
        await using var auxo = await StartAsync();

        Assert.Equal(
            """
            NAME  KIND     WAITING  LAST       TARGET
            team  webhook  2        2 min ago  https://hooks.example.org/…wJek
            1 given up; why: auxo notify deliveries --state dead

            """, (await auxo.RunAsync("notify", "channels")).Out);
        Assert.Equal("team", JsonDocument.Parse((await auxo.RunAsync("notify", "channels", "--json")).Out)
            .RootElement.GetProperty("items")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task a_channel_is_set_and_its_secret_shown_once()
    {
        await using var auxo = await StartAsync(
            app => app.MapPut("/notify/channels/team", () => FakeAuxo.Json($$"""{"channel":{{Channel}},"secret":"whsec_abc"}""", 201)));

        var result = await auxo.RunAsync(
            "notify", "channels", "set", "team", "--webhook", "https://hooks.example.org/x", "--format", "plain");

        Assert.Equal("", result.Error);
        Assert.Contains("secret  whsec_abc   (shown this once", result.Out, StringComparison.Ordinal);
        var body = JsonDocument.Parse(auxo.Requests.Single()["PUT /notify/channels/team ".Length..]).RootElement.GetProperty("webhook");
        Assert.Equal(("https://hooks.example.org/x", "plain"), (
            body.GetProperty("url").GetString(), body.GetProperty("format").GetString()));
    }

    [Fact]
    public async Task a_mail_channels_password_comes_from_a_file_and_stands_on_no_command_line()
    {
        await using var auxo = await StartAsync(
            app => app.MapPut("/notify/channels/mail", () => FakeAuxo.Json($$"""{"channel":{{Channel}},"secret":null}""")));
        var file = Path.Combine(auxo.Home, "password");
        await File.WriteAllTextAsync(file, "p4ssw0rd\n", TestContext.Current.CancellationToken);

        var result = await auxo.RunAsync(
            "notify", "channels", "set", "mail", "--email", "a@example.org", "--email", "b@example.org", "--smtp",
            "mail.example.org:2525", "--from", "auxo@example.org", "--user", "auxo", "--password-file", file);
        var missing = await auxo.RunAsync("notify", "channels", "set", "mail", "--smtp", "mail.example.org", "--password-file", file + "x");

        Assert.Equal(0, result.ExitCode);
        var body = JsonDocument.Parse(auxo.Requests.Single()["PUT /notify/channels/mail ".Length..]).RootElement.GetProperty("email");
        Assert.Equal(("mail.example.org", 2525, "p4ssw0rd", 2), (body.GetProperty("host").GetString(),
            body.GetProperty("port").GetInt32(), body.GetProperty("password").GetString(), body.GetProperty("to").GetArrayLength()));
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("password file", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notify channels set team", "What shall the channel be?")]
    [InlineData("notify channels set team --format xml", "Must be one of")]
    [InlineData("notify routes set broken", "--to")]
    [InlineData("notify replay", "Which ones?")]
    [InlineData("notify replay --all --channel team", "Which ones?")]
    [InlineData("notify forget", "Required argument 'id' missing")]
    [InlineData("notify deliveries --state lost", "Must be one of")]
    [InlineData("notify deliveries --limit 0", "between 1 and 200")]
    [InlineData("notify", "channels")]
    [InlineData("queues", "dead-letters")]
    public async Task a_wrong_command_line_is_answered_with_what_was_meant(string line, string expected)
    {
        var result = await CliResult.RunAsync([], line.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_route_is_set_and_shown()
    {
        await using var auxo = await StartAsync(app => app.MapPut("/notify/routes/broken", () => FakeAuxo.Json(Route)));

        var result = await auxo.RunAsync("notify", "routes", "set", "broken", "--on", "build.failed", "--on",
            "alert.*", "--to", "team", "--to", "mail", "--min-level", "warning");

        Assert.Equal(
            "ROUTE   ON                    REPOSITORY  FROM LEVEL  TO\nbroken  build.failed alert.*  all         warning     team mail\n",
            result.Out);
        Assert.Contains("\"minLevel\": \"warning\"", auxo.Requests.Single(), StringComparison.Ordinal);
        Assert.Equal(result.Out, (await auxo.RunAsync("notify", "routes")).Out);
    }

    [Fact]
    public async Task a_test_is_followed_until_its_first_attempt_and_shown()
    {
        var asked = 0;
        await using var auxo = await StartAsync(app =>
        {
            app.MapPost("/notify/channels/team/test", () => FakeAuxo.Json(Delivery("waiting"), 202));
            app.MapGet($"/notify/deliveries/{Id}", () => FakeAuxo.Json(
                ++asked < 3 ? Delivery("sending") : Delivery("delivered", Attempt(1, "delivered", 200, "the receiver answered 200"))));
        });

        var result = await auxo.RunAsync("notify", "test", "team");

        Assert.Equal($"planned {Id} to team\n  ✓ attempt 1 200  the receiver answered 200  0.2 s\n    thanks\n✓ delivered\n", result.Out);
        Assert.Equal((0, 3), (result.ExitCode, asked));
    }

    [Fact]
    public async Task a_test_that_fails_is_a_negative_answer_with_the_reason()
    {
        await using var auxo = await StartAsync(app =>
        {
            app.MapPost("/notify/channels/team/test", () => FakeAuxo.Json(Delivery("waiting"), 202));
            app.MapGet($"/notify/deliveries/{Id}", ()
                => FakeAuxo.Json(Delivery("dead", Attempt(1, "failed", null, "10.0.0.1 is private"))));
        });

        var result = await auxo.RunAsync("notify", "test", "team");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗ given up: broken", result.Out, StringComparison.Ordinal);
        Assert.Contains($"auxo notify replay {Id}\n", result.Out, StringComparison.Ordinal);
        Assert.Contains($"auxo notify forget {Id}\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task deliveries_are_listed_found_by_their_beginning_and_replayed()
    {
        await using var auxo = await StartAsync(app =>
        {
            app.MapGet("/notify/deliveries", () => FakeAuxo.Page(Delivery("dead")));
            app.MapGet($"/notify/deliveries/{Id}", () => FakeAuxo.Json(
                Delivery("dead", Attempt(1, "interrupted", null, "stopped"), Attempt(2, "failed", 500, "the receiver answered 500"))));
            app.MapPost($"/notify/deliveries/{Id}/replay", () => FakeAuxo.Json("""{"count":1}""", 202));
            app.MapPost("/notify/deliveries/replay", () => FakeAuxo.Json("""{"count":0}""", 202));
        });

        Assert.Equal(
            """
            STATE       CHANNEL  WHEN       ID            WHAT
            ✗ given up  team     2 min ago  msg_0d5a1c7e  heartwood: failed: Fix the
                                                          handshake: broken

            """, (await auxo.RunAsync("notify", "deliveries", "--state", "dead")).Out);
        var one = (await auxo.RunAsync("notify", "deliveries", "0d5a1c7e")).Out;
        Assert.Contains("  ? attempt 1  stopped", one, StringComparison.Ordinal);
        Assert.Contains("  ✗ attempt 2 500  the receiver answered 500", one, StringComparison.Ordinal);
        Assert.Equal(2, (await auxo.RunAsync("notify", "deliveries", "ffff")).ExitCode);
        Assert.Contains("1 on the way again", (await auxo.RunAsync("notify", "replay", "msg_0d5a")).Out, StringComparison.Ordinal);
        Assert.Equal("Nothing was given up.\n", (await auxo.RunAsync("notify", "replay", "--channel", "team")).Out);
        Assert.Contains("GET /notify/deliveries?state=dead&limit=20", auxo.Requests);
        Assert.Contains("POST /notify/deliveries/replay?channel=team", auxo.Requests);
    }

    [Fact]
    public async Task a_delivery_that_was_given_up_is_forgotten()
    {
        await using var auxo = await StartAsync(app =>
        {
            app.MapGet("/notify/deliveries", () => FakeAuxo.Page(Delivery("dead")));
            app.MapDelete($"/notify/deliveries/{Id}", static () => Results.NoContent());
        });

        Assert.Equal($"{Id} is gone; it is not sent any more.\n", (await auxo.RunAsync("notify", "forget", "0d5a")).Out);
        Assert.Equal(Id, JsonDocument.Parse((await auxo.RunAsync("notify", "forget", Id, "--json")).Out)
            .RootElement.GetProperty("forgotten").GetString());
        Assert.Equal(2, auxo.Requests.Count(static r => r == $"DELETE /notify/deliveries/{Id}"));
    }

    [Fact]
    public async Task what_was_not_given_up_is_not_forgotten()
    {
        await using var auxo = await StartAsync(app => app.MapDelete($"/notify/deliveries/{Id}", static ()
            => FakeAuxo.Problem(409, "delivery/not-given-up", $"{Id} is delivered; only what was given up can be replayed or deleted.")));

        var result = await auxo.RunAsync("notify", "forget", Id);

        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.Contains("only what was given up", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task queues_show_what_waits_and_what_is_dead()
    {
        await using var auxo = await StartAsync(app =>
        {
            app.MapGet("/pipeline/queues", ()
                => FakeAuxo.Json("""{"items":[{"queue":"pipeline","ready":2,"scheduled":1,"deadLetters":0,"oldestSeconds":40}]}"""));
            app.MapGet("/notify/queues", ()
                => FakeAuxo.Json("""{"items":[{"queue":"notify","ready":0,"scheduled":0,"deadLetters":3,"oldestSeconds":0}]}"""));
            foreach (var service in (string[])["ingest", "metrics", "registry"]) app.MapGet(
                $"/{service}/queues", () => FakeAuxo.Json("""{"items":[]}"""));
        });

        var result = await auxo.RunAsync("queues", "list");

        Assert.Equal(
            """
            QUEUE     READY  SCHEDULED  DEAD  OLDEST
            notify    0      0          3
            pipeline  2      1          0     40 s
            Why: auxo queues dead-letters. When the cause is mended: auxo queues replay

            """, result.Out);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(3, JsonDocument.Parse((await auxo.RunAsync("queues", "list", "--json")).Out)
            .RootElement.GetProperty("items")[0].GetProperty("deadLetters").GetInt32());
    }

    private static string Delivery(string state, params string[] log) => $$"""
        {"id":"{{Id}}","channel":"team","route":"broken","state":"{{state}}","reason":"broken","status":null,
         "attempts":{{log.Length}},"due":null,"type":"build.failed",
         "title":"heartwood: failed: Fix the handshake","notificationId":"{{FakeAuxo.BuildId}}","correlationId":null,
         "createdAt":"2026-11-23T11:58:00Z","updatedAt":"2026-11-23T11:58:00Z",
         "log":[{{string.Join(',', log)}}]}
        """;

    private static string Attempt(int number, string outcome, int? status, string detail) => $$"""
        {"attempt":{{number}},"outcome":"{{outcome}}","status":{{status?.ToString() ?? "null"}},"detail":"{{detail}}",
         "excerpt":{{(outcome == "delivered" ? "\"thanks\"" : "null")}},"seconds":0.2,
         "endedAt":"2026-11-23T11:58:00Z"}
        """;

    private static Task<FakeAuxo> StartAsync(Action<IEndpointRouteBuilder>? map = null) => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/notify/channels", () => FakeAuxo.Page(Channel));
        app.MapGet("/notify/routes", () => FakeAuxo.Page(Route));
        map?.Invoke(app);
    });
}
