using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Notify.Tests.Incoming;

/// <summary>What other programs tell: the old plain payload in both directions, and Alertmanager.</summary>
public sealed class IncomingTests(PostgresFixture postgres)
{
    private const string Firing = """
        {"receiver":"hook","status":"firing",
         "alerts":[{"status":"firing","labels":{"alertname":"RadicleNodeDown","repo":"auxo","severity":"critical"},
           "annotations":{"summary":"the node is down"},
           "startsAt":"2026-11-22T10:17:06.844059361Z","endsAt":"0001-01-01T00:00:00Z",
           "generatorURL":"http://prometheus.example:9090/graph","fingerprint":"419f1d4d53770729"}],
         "groupLabels":{"alertname":"RadicleNodeDown"},"commonLabels":{},"commonAnnotations":{},
         "externalURL":"http://alertmanager.example:9093","version":"4","groupKey":"{}","truncatedAlerts":0}
        """;

    [Theory]
    [InlineData("/")]
    [InlineData("/notify")]
    public async Task a_program_on_this_machine_tells_something_and_it_is_passed_on(string path)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);

        using var answer = await PostAsync(
            host, path,
            """
            {"event":"Deploy Done","status":"failed","repo":"heartwood","message":"first\nsecond",
             "whatever":{"deep":[1,2]},"commit":"8fabc1d"}
            """, "text/plain");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var told = (await receiver.NextAsync()).Json;
        Assert.Equal(("note.deploy-done", "heartwood: first", "warning"), (
            (string)told["type"]!, (string)told["data"]!["title"]!, (string)told["data"]!["level"]!));
        Assert.Equal("first\nsecond\nstatus: failed\ncommit: 8fabc1d", (string)told["data"]!["text"]!);
        Assert.Equal(2, (int)told["data"]!["told"]!["whatever"]!["deep"]![1]!);
    }

    [Fact]
    public async Task a_sender_that_repeats_itself_is_heard_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);
        for (var i = 0; i < 2; i++) using (await PostAsync(host, "/", """{"title":"x"}""", "application/json",
            ("Idempotency-Key", "1"))) { }
        await host.DeliveryAsync("delivered");
        Assert.Single(await host.ItemsAsync("/deliveries"));
    }

    [Fact]
    public async Task an_auxo_hears_another_one_and_its_own_words_end_where_they_began()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var other = await StartAsync(receiver);
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), listen: true);
        await host.WebhookAsync("other", new Uri(other.Anonymous.BaseAddress!, "/"), new { format = "plain" });
        await host.WebhookAsync("self", new Uri(host.Anonymous.BaseAddress!, "/"), new { format = "plain" });
        await host.RouteAsync("all", "other", "self");

        await host.SendAsync(Told.Build());

        var told = (await receiver.NextAsync()).Json;
        Assert.Equal(("note.build.failed", "heartwood: failed: Fix the handshake", "warning"),
            ((string)told["type"]!, (string)told["data"]!["title"]!, (string)told["data"]!["level"]!));
        Assert.Equal(Told.Rid.Value, (string)told["data"]!["repository"]!["rid"]!);
        await Eventually.TrueAsync(async () => (await host.ItemsAsync("/deliveries?state=delivered")).Count == 2, "both have it");
        Assert.Equal(2, (await host.ItemsAsync("/deliveries")).Count);
        Assert.Contains("own words", (string)(await host.DeliveryAsync("delivered", static d
            => (string)d["channel"]! == "self"))["log"]![0]!["excerpt"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_alert_is_raised_once_and_cleared_once_however_often_it_is_repeated()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);
        var resolved = Firing.Replace("\"status\":\"firing\"", "\"status\":\"resolved\"", StringComparison.Ordinal)
            .Replace("0001-01-01T00:00:00Z", "2026-11-22T11:00:00Z", StringComparison.Ordinal);

        foreach (var body in (string[])[Firing, Firing, resolved, resolved, Firing]) using (await PostAsync(host,
            "/api/v1/alerts", body, "application/json")) { }

        var told = new[] { (await receiver.NextAsync()).Json, (await receiver.NextAsync()).Json }.OrderByDescending(static j
            => (string)j["type"]!).ToList();
        Assert.Equal(("alert.raised", "alert: RadicleNodeDown: the node is down", "critical"),
            ((string)told[0]["type"]!, (string)told[0]["data"]!["title"]!, (string)told[0]["data"]!["level"]!));
        Assert.Equal(("alert.cleared", "info", "2026-11-22T11:00:00Z"), (
            (string)told[1]["type"]!, (string)told[1]["data"]!["level"]!, (string)told[1]["timestamp"]!));
        Assert.Equal("http://prometheus.example:9090/graph", (string)told[0]["data"]!["url"]!);
        await Eventually.TrueAsync(async () => (await host.ItemsAsync("/deliveries?state=delivered")).Count == 2, "both are recorded");
        Assert.Equal(2, (await host.ItemsAsync("/deliveries")).Count);
    }

    [Fact]
    public async Task the_recorded_bytes_of_an_alertmanager_are_understood()
    {
        var recorded = await File.ReadAllTextAsync(Fixtures.Require("prometheus/am-payload.json"), TestContext.Current.CancellationToken);
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);
        using var answer = await PostAsync(host, "/api/v1/alerts", recorded, "application/json");
        Assert.Equal("alert: T: hi", (string)(await receiver.NextAsync()).Json["data"]!["title"]!);
    }

    [Fact]
    public async Task what_cannot_be_read_is_a_problem_that_says_why()
    {
        (string Path, string Body, int Status, string Detail)[] table =
        [
            ("/", "", 400, "no JSON"),
            ("/", "hello", 400, "no JSON"),
            ("/", "[]", 400, "must be a JSON object"),
            ("/", "null", 400, "must be a JSON object"),
            ("/", "{\"a\":1,\"a\":2}", 400, "no JSON"),
            ("/", string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40), 400, "no JSON"),
            ("/", "{\"a\":\"" + new string('x', 70_000) + "\"}", 413, "larger than"),
            ("/api/v1/alerts", "{}", 400, "version 4"),
            ("/api/v1/alerts", "{\"version\":\"4\",\"alerts\":[{\"startsAt\":\"yesterday\"}]}", 400, "version 4"),
            ("/api/v1/alerts", "[]", 400, "version 4"),
        ];
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), listen: true);
        foreach (var (path, body, status, detail) in table)
        {
            using var answer = await PostAsync(host, path, body, "application/json");
            Assert.Equal((body[..Math.Min(body.Length, 40)], status), (body[..Math.Min(body.Length, 40)], (int)answer.StatusCode));
            Assert.Contains(detail, (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task only_programs_of_this_machine_need_no_token_and_web_pages_are_none_of_them()
    {
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), listen: true);
        using var proxied = await PostAsync(host, "/", "{}", "application/json", ("X-Forwarded-For", "203.0.113.7"));
        using var page = await PostAsync(host, "/", "{}", "text/plain", ("Origin", "https://evil.example"));
        using var fetch = await PostAsync(host, "/api/v1/alerts", Firing, "text/plain", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (proxied.StatusCode, page.StatusCode, fetch.StatusCode));
        Assert.Equal("object", (string)(await host.Anonymous.GetFromJsonAsync<JsonNode>("/schemas/plain.json",
            TestContext.Current.CancellationToken))!["type"]!);
    }

    private static async Task<HttpResponseMessage> PostAsync(
        NotifyHost host, string path, string body, string type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await host.Anonymous.SendAsync(request);
    }

    private async Task<NotifyHost> StartAsync(WebhookReceiver receiver)
    {
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), listen: true);
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        return host;
    }
}
