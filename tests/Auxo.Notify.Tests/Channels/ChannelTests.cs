using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.ServiceDefaults.Access;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using Npgsql;

namespace Auxo.Notify.Tests.Channels;

/// <summary>Channels and routes over HTTP.</summary>
public sealed class ChannelTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_secret_is_shown_once_and_stored_where_only_the_sender_looks()
    {
        await using var receiver = await WebhookReceiver.StartAsync(
            WebhookReceiver.Status(500), WebhookReceiver.Status(404), WebhookReceiver.Status(404), WebhookReceiver.Status(404));
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        var secret = await host.WebhookAsync("team", receiver.Address);
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret);
        Assert.Null((string?)(await host.PutAsync("/channels/team", new { webhook = new { url = receiver.Address } }))["secret"]);
        await host.PutAsync("/channels/mail", new
        {
            email = new
            {
                host = "127.0.0.1", from = "auxo@example.org", to = new[] { "team@example.org" }, user = "auxo", password = "p4ssw0rd",
            },
        });
        await host.RouteAsync("all", "team");
        await host.SendAsync(Told.Build());
        await host.DeliveryAsync("dead");

        var shown = string.Concat(await host.GetAsync("/channels"), await host.GetAsync("/channels/team"),
            await host.GetAsync("/deliveries"), await host.DeliveryAsync("dead"), await host.EverythingStoredAsync());
        Assert.All((string[])["whsec_", secret[6..], "T0k3n", "s3cr3t", "p4ssw0rd"], s
            => Assert.DoesNotContain(s, shown, StringComparison.Ordinal));
        Assert.Contains($"http://127.0.0.1:{receiver.Address.Port}/…cr3t", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task while_a_secret_is_exchanged_both_sign()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        var first = await host.WebhookAsync("team", receiver.Address);
        var second = (string)(await host.PostAsync("/channels/team/secret"))["secret"]!;
        await host.PostAsync("/channels/team/test");

        var received = await receiver.NextAsync();
        Assert.True(received.IsSignedWith(first) && received.IsSignedWith(second));
        Assert.NotNull((string?)(await host.GetAsync("/channels/team"))["oldSecretUntil"]);

        var third = (string)(await host.PostAsync("/channels/team/secret"))["secret"]!;
        await host.PostAsync("/channels/team/test");
        received = await receiver.NextAsync();
        Assert.Equal((false, true, true), (received.IsSignedWith(first), received.IsSignedWith(second), received.IsSignedWith(third)));
    }

    [Fact]
    public async Task a_test_goes_the_real_way_and_tells_how_it_went()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);

        var planned = await host.PostAsync("/channels/team/test");

        Assert.Equal(("test", (string)planned["id"]!), (
            (string)(await receiver.NextAsync()).Json["type"]!, (string)(await host.DeliveryAsync("delivered"))["id"]!));
    }

    [Fact]
    public async Task what_cannot_be_a_channel_is_a_problem_that_says_why()
    {
        (string Name, string Body, int Status, string Detail)[] table =
        [
            ("team", """{}""", 422, "exactly one"),
            ("team", """{"webhook":{"url":"https://example.org/"},"desktop":{}}""", 422, "exactly one"),
            ("team", """{"webhook":{}}""", 422, "no URL"),
            ("team", """{"webhook":{"url":"ftp://example.org/"}}""", 422, "http and https"),
            ("team", """{"webhook":{"url":"http://169.254.169.254/latest"}}""", 422, "metadata"),
            ("team", """{"webhook":{"url":"http://u:p@example.org/"}}""", 422, "Leave them out"),
            ("team", """{"webhook":{"url":"https://example.org/","secret":"short"}}""", 422, "whsec_"),
            ("team", """{"webhook":{"url":"https://example.org/","sceret":"x"}}""", 400, "not the expected JSON"),
            ("team", """{"webhook":{"url":"https://example.org/","format":"xml"}}""", 400, "webhook.format"),
            ("team", """{"email":{"host":"","from":"a@example.org","to":["b@example.org"]}}""", 422, "no mail server"),
            ("team", """{"email":{"host":"mail.example.org","from":"a@example.org","to":[]}}""", 422, "1 to 50"),
            ("team", """{"email":{"host":"mail.example.org","from":"nobody","to":["b@example.org"]}}""", 422, "no e-mail address"),
            ("team", """{"email":{"host":"mail.example.org","from":"a@example.org\r\nBcc: x@example.org","to":["b@example.org"]}}""",
                422, "no e-mail address"),
            ("team", """{"email":{"host":"mail.example.org","from":"a@example.org","to":["b@example.org"],"user":"x"}}""",
                422, "belong together"),
            ("team", """{"email":{"host":"mail.example.org","port":0,"from":"a@example.org","to":["b@example.org"]}}""", 422, "no port"),
            ("team", """{"email":{"host":"mail.example.org","from":"a@example.org","to":[null]}}""", 422, "no e-mail address"),
            ("team", """{"slack":null,"email":null}""", 422, "exactly one"),
            ("team", """{"slack":{"url":7}}""", 400, "slack.url"),
            ("Team", """{"desktop":{}}""", 422, "no name"),
            ("-x", """{"desktop":{}}""", 422, "no name"),
            ("team", """{"webhook":""", 400, "not the expected JSON"),
            ("team", """[]""", 400, "not the expected JSON"),
        ];
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), allow: "");
        foreach (var (name, body, status, detail) in table)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await host.Client.PutAsync($"/channels/{name}", content);
            var problem = await answer.Content.ReadFromJsonAsync<JsonNode>();
            Assert.Equal((body, status, "application/problem+json"), (
                body, (int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Contains(detail, (string)problem!["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task what_cannot_be_a_route_is_a_problem_that_says_why()
    {
        (string Body, string Detail)[] table =
        [
            ("""{"channels":[]}""", "at least one"),
            ("""{}""", "at least one"),
            ("""{"channels":["nobody"]}""", "no channel 'nobody'"),
            ("""{"channels":["desk"],"on":["biuld.failed"]}""", "Nothing is ever called 'biuld.failed'"),
            ("""{"channels":["desk"],"repositories":[""]}""", "neither a repository"),
            ("""{"channels":[null]}""", "no channel ''"),
            ("""{"channels":["desk"],"on":[null]}""", "Nothing is ever called ''"),
            ("""{"channels":["desk"],"repositories":["heartwood",null]}""", "neither a repository"),
        ];
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.PutAsync("/channels/desk", new { desktop = new { } });
        foreach (var (body, detail) in table)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await host.Client.PutAsync("/routes/all", content);
            Assert.Equal((body, 422), (body, (int)answer.StatusCode));
            Assert.Contains(detail, (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task a_channel_goes_when_no_route_leads_there_and_what_waits_for_it_is_given_up()
    {
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(503, "", ("Retry-After", "600")));
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        await host.SendAsync(Told.Build());
        await receiver.NextAsync();
        await Eventually.TrueAsync(async () => (string?)(await host.GetAsync("/channels/team"))["pausedUntil"] is not null, "it pauses");

        using var inUse = await host.Client.DeleteAsync(new Uri("/channels/team", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Conflict, inUse.StatusCode);
        Assert.Contains("all", await inUse.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var route = await host.Client.DeleteAsync(new Uri("/routes/all", UriKind.Relative));
        using var channel = await host.Client.DeleteAsync(new Uri("/channels/team", UriKind.Relative));
        using var again = await host.Client.DeleteAsync(new Uri("/channels/team", UriKind.Relative));
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent, HttpStatusCode.NotFound),
            (route.StatusCode, channel.StatusCode, again.StatusCode));
        Assert.Equal("the channel was removed", (string)(await host.DeliveryAsync("dead"))["reason"]!);
        Assert.Empty(await host.ItemsAsync("/channels"));
        Assert.Empty(await host.ItemsAsync("/routes"));
    }

    [Fact]
    public async Task a_token_does_only_what_its_scopes_say()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var host = await NotifyHost.StartAsync(database);
        await using var source = NpgsqlDataSource.Create(database);
        var token = await AccessToken.CreateAsync(source, "reader", [NotifyScopes.Read], null, CancellationToken.None);
        host.Anonymous.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var read = await host.Anonymous.GetAsync(new Uri("/channels", UriKind.Relative));
        using var write = await host.Anonymous.PutAsJsonAsync("/channels/x", new { desktop = new { } });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (read.StatusCode, write.StatusCode));
    }
}
