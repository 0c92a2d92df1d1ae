using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using Microsoft.AspNetCore.Http;

namespace Auxo.Notify.Tests.Chat;

/// <summary>Chat channels at servers that take, refuse and forget as the real ones do.</summary>
public sealed class ChatTests(PostgresFixture postgres)
{
    [Theory]
    [MemberData(nameof(CardTests.Services), MemberType = typeof(CardTests))]
    public async Task a_builds_end_is_read_in_the_chat(string service)
    {
        await using var server = await StartAsync(service);
        await using var host = await StartAsync(service, server);

        await host.SendAsync(Told.Build(title: "Fix <!channel> & @everyone", url: "https://auxo.example/builds/1"));

        var delivery = await host.DeliveryAsync("delivered");
        var received = await server.NextAsync();
        Assert.Equal(1, (int)delivery["attempts"]!);
        Assert.Equal("application/json", received.Headers.ContentType);
        Assert.Contains("heartwood: failed: Fix ", Encoding.UTF8.GetString(received.Body), StringComparison.Ordinal);
        Assert.Equal((false, ChatServers.Kind(service).ToString().ToLowerInvariant()),
            (received.Headers.ContainsKey("webhook-id"), (string)(await host.GetAsync("/channels/team"))["kind"]!));
    }

    [Theory]
    [InlineData("slack", "invalid_blocks", 400)]
    [InlineData("discord", """{"message": "Invalid Form Body", "code": 50035}""", 400)]
    [InlineData("matrix", """{"errcode":"M_FORBIDDEN","error":"User not in room"}""", 403)]
    public async Task a_no_is_asked_three_times_and_then_given_up_with_the_services_own_words(string service, string said, int status)
    {
        await using var server = await StartAsync(service);
        server.Otherwise = WebhookReceiver.Status(status, said);
        await using var host = await StartAsync(service, server);

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        Assert.Equal((3, status), ((int)dead["attempts"]!, (int)dead["status"]!));
        Assert.Contains(said, (string)dead["reason"]!, StringComparison.Ordinal);
        Assert.True((bool)(await host.GetAsync("/channels/team"))["enabled"]!);
    }

    [Theory]
    [InlineData("slack", 404, "no_service")]
    [InlineData("slack", 410, "channel_is_archived")]
    [InlineData("discord", 404, """{"message": "Unknown Webhook", "code": 10015}""")]
    [InlineData("teams", 404, """{"error":{"code":"WorkflowNotFound"}}""")]
    public async Task a_channel_that_is_gone_is_said_to_be_gone_and_asked_once(string service, int status, string said)
    {
        await using var server = await StartAsync(service);
        server.Otherwise = WebhookReceiver.Status(status, said);
        await using var host = await StartAsync(service, server);

        await host.SendAsync(Told.Build());

        Assert.Equal(1, (int)(await host.DeliveryAsync("dead"))["attempts"]!);
        var channel = await Eventually.ValueAsync(
            async () => await host.GetAsync("/channels/team") is { } c && !(bool)c["enabled"]! ? c : null, "the channel is off");
        Assert.Contains("no such channel any more", (string)channel["problem"]!, StringComparison.Ordinal);
        Assert.Contains(said, (string)channel["problem"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slack", "0.4", "rate_limited")]
    [InlineData("discord", "", """{"message": "You are being rate limited.", "retry_after": 0.4, "global": false}""")]
    [InlineData("matrix", "", """{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":400}""")]
    public async Task who_asks_for_a_pause_gets_it_to_the_fraction(string service, string header, string said)
    {
        await using var server = await StartAsync(service);
        server.Answer(header.Length == 0 ? WebhookReceiver.Status(429, said) : WebhookReceiver.Status(429, said, ("Retry-After", header)));
        await using var host = await StartAsync(service, server);

        await host.SendAsync(Told.Build());

        var (first, second) = (await server.NextAsync(), await server.NextAsync());
        Assert.InRange((second.At - first.At).TotalSeconds, 0.35, 15);
        Assert.Equal(["failed", "delivered"], (await host.DeliveryAsync("delivered"))["log"]!.AsArray()
            .Select(static l => (string)l!["outcome"]!));
    }

    [Theory]
    [MemberData(nameof(CardTests.Services), MemberType = typeof(CardTests))]
    public async Task an_address_and_a_token_are_never_shown_even_when_the_server_says_them(string service)
    {
        await using var server = await StartAsync(service);
        server.Otherwise = static async http =>
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync(
                $"Cannot {http.Request.Method} {http.Request.Path}{http.Request.QueryString} with {http.Request.Headers.Authorization}");
        };
        await using var host = await StartAsync(service, server);

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        var shown = string.Concat(
            dead, await host.GetAsync("/channels"), await host.GetAsync("/deliveries"), await host.EverythingStoredAsync());
        Assert.DoesNotContain("s3cr3t", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(ChatServers.Token, shown, StringComparison.Ordinal);
        Assert.Contains("Cannot", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slack")]
    [InlineData("mattermost")]
    [InlineData("rocket.chat")]
    [InlineData("discord")]
    [InlineData("teams")]
    public async Task a_plain_webhook_at_a_chat_says_what_was_answered_and_what_to_do(string service)
    {
        await using var server = await StartAsync(service);
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", new Uri(server.Address, ChatServers.Path(service)));
        await host.RouteAsync("all", "team");

        await host.SendAsync(Told.Build());

        var reason = (string)(await host.DeliveryAsync("dead"))["reason"]!;
        var said = ChatServers.Answer(service, "POST", ChatServers.Path(service), null, "{}"u8.ToArray()).Said;
        Assert.Contains($"the receiver answered 400: {said}", reason, StringComparison.Ordinal);
        Assert.Contains("that is a chat service", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_a_receiver_answers_is_shown_bounded_and_without_control_characters()
    {
        await using var server = await WebhookReceiver.StartAsync();
        server.Otherwise = WebhookReceiver.Status(400, "no\u001b[2Jsuch\0field\r\n" + new string('x', 5000));
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", server.Address);
        await host.RouteAsync("all", "team");

        await host.SendAsync(Told.Build());

        var reason = (string)(await host.DeliveryAsync("dead"))["reason"]!;
        Assert.Contains("the receiver answered 400: no [2Jsuch field", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(reason, char.IsControl);
        Assert.InRange(reason.Length, 100, 400);
    }

    [Fact]
    public async Task what_cannot_be_a_chat_channel_is_a_problem_that_says_why()
    {
        (string Body, string Detail)[] table =
        [
            ("""{"slack":{}}""", "no URL"),
            ("""{"slack":{"url":"https://hooks.slack.com"}}""", "whole address"),
            ("""{"slack":{"url":"https://a.example/x"},"discord":{"url":"https://a.example/x"}}""", "exactly one"),
            ("""{"discord":{"url":"https://discord.com/api/webhooks/1/abc/slack"}}""", "Leave '/slack' away"),
            ("""{"webhook":{"url":"https://hooks.slack.com/services/T0/B0/x"}}""", "as 'slack'"),
            ("""{"webhook":{"url":"https://discord.com/api/webhooks/1/abc"}}""", "as 'discord'"),
            ("""{"ntfy":{"url":"https://ntfy.sh"}}""", "server and topic"),
            ("""{"ntfy":{"url":"https://ntfy.sh/my topic"}}""", "no URL"),
            ("""{"ntfy":{"url":"https://ntfy.sh/topic?auth=x"}}""", "server and topic"),
            ("""{"ntfy":{"url":"https://ntfy.sh/topic","token":"a\nb"}}""", "The token is none"),
            ("""{"matrix":{"url":"https://matrix.example.org","room":"#ops:example.org","token":"t"}}""", "no room's id"),
            ("""{"matrix":{"url":"https://matrix.example.org","room":"!ops:example.org"}}""", "token of the user"),
            ("""{"matrix":{"url":"https://matrix.example.org/_matrix/client/v3","room":"!o:e","token":"t"}}""", "home server alone"),
            ("""{"teams":{"url":"http://169.254.169.254/x"}}""", "metadata"),
        ];
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), allow: "");
        foreach (var (body, detail) in table)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await host.Client.PutAsync("/channels/team", content);
            Assert.Equal((body, 422), (body, (int)answer.StatusCode));
            Assert.Contains(detail, (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task a_token_stays_when_the_room_changes_and_goes_nowhere_else_when_the_server_does()
    {
        await using var server = await StartAsync("matrix");
        await using var host = await StartAsync("matrix", server);
        await host.PutAsync("/channels/team", new { matrix = new { room = "!other:example.org" } });
        await host.PutAsync("/channels/team", new { matrix = new { room = ChatServers.Room } });
        await host.SendAsync(Told.Build());
        await host.DeliveryAsync("delivered");

        using var moved = await host.Client.PutAsJsonAsync("/channels/team", new { matrix = new { url = "https://evil.example" } });
        Assert.Equal(422, (int)moved.StatusCode);
        await host.PutAsync("/channels/mail", new
        {
            email = new { host = "a.example", from = "a@example.org", to = new[] { "b@example.org" }, user = "u", password = "p4ssw0rd" },
        });
        using var mail = await host.Client.PutAsJsonAsync("/channels/mail", new { email = new { host = "evil.example" } });
        Assert.Contains("password again", await mail.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task everything_that_is_ever_sent_is_taken_by_every_service()
    {
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        var servers = new List<WebhookReceiver>();
        foreach (var service in CardTests.Names)
        {
            var server = await StartAsync(service);
            servers.Add(server);
            await ConfigureAsync(host, service.Replace('.', '-'), service, server);
        }

        await host.RouteAsync("all", [.. CardTests.Names.Select(static service => service.Replace('.', '-'))]);
        object[] messages =
        [
            Told.Build(Outcome.Passed), Told.Build(Outcome.Errored, steps: 0, findings: 0), Told.Opened(), Told.Merged(),
            new FailureDetected(Told.Rid, "inc-1", null, null, null, Told.At), new FailureRecovered(Told.Rid, "inc-1", null, Told.At),
        ];
        foreach (var message in messages) await host.SendAsync(message);

        var all = servers.Count * messages.Length;
        await Eventually.TrueAsync(
            async () => (await host.ItemsAsync("/deliveries?state=delivered&limit=200")).Count == all, "all arrived",
            TimeSpan.FromSeconds(60));
        foreach (var server in servers) await server.DisposeAsync();
    }

    private static async Task<WebhookReceiver> StartAsync(string service)
    {
        var server = await WebhookReceiver.StartAsync();
        server.Otherwise = ChatServers.Serve(service);
        return server;
    }

    private async Task<NotifyHost> StartAsync(string service, WebhookReceiver server)
    {
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await ConfigureAsync(host, "team", service, server);
        await host.RouteAsync("all", "team");
        return host;
    }

    private static Task<JsonNode> ConfigureAsync(NotifyHost host, string name, string service, WebhookReceiver server)
    {
        var url = new Uri(server.Address, ChatServers.Path(service)).AbsoluteUri;
        if (service == "matrix") url = server.Address.GetLeftPart(UriPartial.Authority);
        object settings = service switch
        {
            "matrix" => new { url, room = ChatServers.Room, token = ChatServers.Token },
            "ntfy" => new { url, token = ChatServers.Token },
            _ => new { url },
        };
        var kind = ChatServers.Kind(service).ToString().ToLowerInvariant();
        return host.PutAsync($"/channels/{name}", new Dictionary<string, object>(StringComparer.Ordinal) { [kind] = settings });
    }
}
