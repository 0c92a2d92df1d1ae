using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Notify.Tests.Incoming;

/// <summary>Bodies as Alertmanager, Grafana and programs that imitate them send them, whole and in parts.</summary>
public sealed class AlertsTests(PostgresFixture postgres)
{
    private const string Two = """
        {"version":"4","alerts":[
          {"status":"firing","labels":{"alertname":"QueueLong","host":"a"},"startsAt":"2026-11-27T08:00:00Z"},
          {"status":"firing","labels":{"alertname":"CertExpires","host":"b"},"startsAt":"2026-11-27T08:00:00Z"}]}
        """;

    private const string Grafana = """
        {"receiver":"auxo","status":"firing","orgId":3,"alerts":[{"status":"firing",
          "labels":{"alertname":"LeadTimeLong","grafana_folder":"delivery","repo":"heartwood"},
          "annotations":{"summary":"changes wait too long"},"startsAt":"2026-11-27T09:00:00.123456+02:00",
          "endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://grafana.example:3000/alerting/grafana/x1/view",
          "fingerprint":"0a1b2c3d4e5f6071","silenceURL":"http://grafana.example:3000/alerting/silence/new",
          "dashboardURL":"http://grafana.example:3000/d/dora","panelURL":"","values":{"A":31.5,"B":null,"C":1}}],
         "groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://grafana.example:3000/","version":"1",
         "groupKey":"{}","truncatedAlerts":0,"title":"[FIRING:1] LeadTimeLong","state":"alerting","message":"**Firing**"}
        """;

    /// <summary>What is posted, and how many notifications it is; none with the reason that is answered.</summary>
    public static TheoryData<string, string, int, string> Situations => new()
    {
        { "two alerts without a fingerprint", Two, 2, "" },
        { "two whose fingerprint is empty", Two.Replace("\"labels\"", "\"fingerprint\":\"\",\"labels\"", StringComparison.Ordinal), 2, "" },
        {
            "two without fingerprint and labels", """
                {"version":"4","alerts":[{"annotations":{"summary":"one"}},{"annotations":{"summary":"two"}}]}
                """, 2, ""
        },
        { "Grafana's own", Grafana, 1, "" },
        { "a null among alerts", Two.Replace("[\n", "[null,\n", StringComparison.Ordinal), 2, "alerts[0] is no object" },
        { "only a null", """{"version":"4","alerts":[null]}""", 0, "alerts[0] is no object" },
        { "a text among alerts", """{"version":"4","alerts":["x",{"labels":{"alertname":"A"}}]}""", 1, "alerts[0] is no object" },
        { "labels null", """{"version":"4","alerts":[{"labels":null,"annotations":null,"startsAt":null,"endsAt":null}]}""", 1, "" },
        { "a label that is null", """{"version":"4","alerts":[{"labels":{"alertname":null,"x":"y"}}]}""", 1, "" },
        { "a label that is a number", """{"version":"4","alerts":[{"labels":{"alertname":"A","code":503}}]}""", 1, "" },
        {
            "a label that is a list beside a good alert",
            """{"version":"4","alerts":[{"labels":{"a":["b"]}},{"labels":{"alertname":"A"}}]}""", 1, "alerts[0].labels.a is no text"
        },
        { "labels that are a text", """{"version":"4","alerts":[{"labels":"a"}]}""", 0, "alerts[0].labels is no object" },
        {
            "labels that differ behind the cut", $$$"""
                {"version":"4","alerts":[{"labels":{"{{{new string('a', 70)}}}1":"x","{{{new string('a', 70)}}}2":"y"}}]}
                """, 1, ""
        },
        { "a time of the year 1 elsewhere", """{"version":"4","alerts":[{"startsAt":"0001-01-01T00:00:00+02:00"}]}""", 0, "no time" },
        { "half a character", """{"version":"4","alerts":[{"labels":{"alertname":"\ud83d"}}]}""", 0, "half a character" },
        { "no alerts", """{"version":"4"}""", 0, "'alerts' must be a list" },
        { "alerts null", """{"version":"1","alerts":null}""", 0, "'alerts' must be a list" },
        { "alerts an object", """{"version":"4","alerts":{}}""", 0, "'alerts' must be a list" },
        { "no version", """{"alerts":[{}]}""", 0, "'version' is missing" },
        { "another version", """{"version":"7","alerts":[{}]}""", 0, "'version' is '7'" },
        { "Grafana's before 9", """{"ruleName":"x","state":"alerting","evalMatches":[null]}""", 0, "POST /" },
        { "a bare list of alerts", """[{"labels":{"alertname":"A"}}]""", 0, "no JSON object" },
        { "nothing but null", "null", 0, "no JSON object" },
    };

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task every_alert_that_can_be_read_is_passed_on_and_every_other_is_said(string what, string body, int count, string said)
    {
        await using var host = await StartAsync();

        var (status, answer) = await PostAsync(host, "/api/v1/alerts", body);

        Assert.Equal((what, count > 0 ? 202 : 400), (what, status));
        Assert.Contains(said, answer.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(count, (await host.ItemsAsync("/deliveries")).Count);
        if (count > 0) Assert.Equal((count, said.Length > 0 ? 1 : 0), ((int)answer["alerts"]!, answer["unreadable"]!.AsArray().Count));
    }

    [Fact]
    public async Task a_delivery_without_alerts_is_taken_and_is_nothing()
    {
        await using var host = await StartAsync();
        var (status, answer) = await PostAsync(host, "/api/v1/alerts", """{"version":"4","alerts":[]}""");
        Assert.Equal((202, 0), (status, (int)answer["alerts"]!));
    }

    [Theory]
    [InlineData("""{"title":"\ud83d"}""")]
    [InlineData("""{"a":{"\udc00":1}}""")]
    [InlineData("""{"title":[{"x":["\ud83d\ud83d"]}]}""")]
    public async Task half_a_character_in_the_plain_form_is_a_reason_and_not_a_defect(string body)
    {
        await using var host = await StartAsync();
        var (status, answer) = await PostAsync(host, "/", body);
        Assert.Equal(400, status);
        Assert.Contains("half a character", (string)answer["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_fingerprint_the_labels_are_the_identity_in_any_order()
    {
        await using var host = await StartAsync();
        var turned = Two.Replace("\"alertname\":\"QueueLong\",\"host\":\"a\"", "\"host\":\"a\",\"alertname\":\"QueueLong\"",
            StringComparison.Ordinal);
        var resolved = Two.Replace("firing", "resolved", StringComparison.Ordinal);

        foreach (var body in (string[])[Two, turned, Two, resolved, resolved]) await PostAsync(host, "/api/v1/alerts", body);

        Assert.Equal(
            ["alert.cleared", "alert.cleared", "alert.raised", "alert.raised"],
            (await host.ItemsAsync("/deliveries")).Select(static d => (string)d!["type"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task grafanas_alert_keeps_what_was_measured_and_leads_to_its_dashboard()
    {
        await using var host = await StartAsync();
        await PostAsync(host, "/api/v1/alerts", Grafana);

        var planned = Assert.Single(await host.ItemsAsync("/deliveries"))!;
        var told = (await host.GetAsync($"/deliveries/{(string)planned["id"]!}"))["notification"]!;

        Assert.Equal(("alert.raised", "alert: LeadTimeLong: changes wait too long", "warning", "http://grafana.example:3000/d/dora"),
            ((string)told["type"]!, (string)told["title"]!, (string)told["level"]!, (string)told["url"]!));
        Assert.Equal(("heartwood", "31.5", "2026-11-27T07:00:00.123456+00:00"),
            ((string)told["repository"]!["name"]!, (string)told["alert"]!["values"]!["A"]!, (string)told["at"]!));
    }

    private static async Task<(int Status, JsonNode Answer)> PostAsync(NotifyHost host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(path, content);
        return ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <summary>Its channel is a port where nobody listens: what is planned is looked at, not what arrives.</summary>
    private async Task<NotifyHost> StartAsync()
    {
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", new Uri("http://127.0.0.1:65009/hook"));
        await host.RouteAsync("all", "team");
        return host;
    }
}
