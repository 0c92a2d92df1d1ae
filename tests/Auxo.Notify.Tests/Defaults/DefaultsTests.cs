using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Notify.Tests.Defaults;

/// <summary>The routes that most want, and whom they tell.</summary>
public sealed class DefaultsTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task findings_go_to_owners_and_mail_turns_to_the_author_critical_to_mail_and_the_rest_into_digests()
    {
        await using var host = await StartAsync();

        await host.SendAsync(new SevereFindingsFound(
            Told.Rid, "heartwood", [new Finding("sast", "R1", Severity.High, "a.cs", 1, "SQL", true)], 1, [new OwnerOfFiles("@ann",
                1)], null, Told.At));
        await host.SendAsync(Told.Build());
        await host.SendAsync(new HealthChanged(Told.Rid, "heartwood", 48, 71, "Critical", "Good", [], Told.At));
        await host.SendAsync(Told.Opened());

        Assert.Equal(
            [
                "build.failed hook-alice default-turns alice", "health.critical minder default-critical ",
                    "security.found hook-ann default-findings ann",
                "security.found minder default-findings ",
            ],
            (await host.ItemsAsync("/deliveries"))
                .Select(static d => $"{d!["type"]} {d["channel"]} {d["route"]} {d["reader"]}").Order(StringComparer.Ordinal));
        Assert.Equal(
            "ann build.failed, ann health.critical, ann patch.opened, alice security.found",
            string.Join(", ", ((string)(await host.ScalarAsync(
                "select string_agg(h.reader || ' ' || n.type, ', ' order by n.type, h.reader) from notify.held h "
                    + "join notify.notifications n on n.id = h.notification_id"))!).Split(", ").OrderBy(static s => s.Split(' ')[1],
                        StringComparer.Ordinal)
                .Where(static s => s != "alice health.critical")));
    }

    [Fact]
    public async Task they_are_set_up_again_without_harm_and_want_a_channel_that_there_is()
    {
        await using var host = await StartAsync();
        await host.RouteAsync("own", "minder");
        await host.PutAsync("/routes", new { mail = "minder" });
        Assert.Equal(6, (await host.ItemsAsync("/routes")).Count);
        foreach (var body in (object[])[new { mail = "nowhere" }, new { }])
        {
            using var refused = await host.Client.PutAsJsonAsync("/routes", body, Ct);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
    }

    [Fact]
    public async Task a_test_alert_is_delivered_by_the_way_of_a_real_one_and_says_so()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.PutAsync("/routes/alerts", new { on = new[] { "alert.*" }, minLevel = "critical", channels = new[] { "team" } });

        using var silent = await host.Client.PostAsJsonAsync("/alerts/test", new { rule = "RadicleNodeDown" }, Ct);
        var nobody = (await silent.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        Assert.Empty(nobody["deliveries"]!.AsArray());
        Assert.Equal("warning is less than critical", (string)nobody["recipients"]!["silent"]![0]!["why"]!);

        using var told = await host.Client.PostAsJsonAsync("/alerts/test", new { rule = "RadicleNodeDown", severity = "critical" }, Ct);
        Assert.Equal(HttpStatusCode.Accepted, told.StatusCode);
        var answer = (await told.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        var received = (await receiver.NextAsync()).Json;
        Assert.Equal(("alert.raised", "alert: RadicleNodeDown: a test; nothing is wrong"), ((string)received["type"]!,
            (string)received["data"]!["title"]!));
        Assert.Equal((string)answer["deliveries"]![0]!["id"]!, (string)(await host.DeliveryAsync("delivered"))["id"]!);
        using var refused = await host.Client.PostAsJsonAsync("/alerts/test", new { rule = "a b" }, Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    private async Task<NotifyHost> StartAsync()
    {
        // Nobody listens there: what is planned is looked at, not what arrives.
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        foreach (var channel in (string[])["minder", "hook-alice", "hook-ann"]) await host.WebhookAsync(channel,
            new Uri("http://127.0.0.1:1024/"));
        await host.PutAsync("/readers/alice", new { dids = new[] { Told.Author.Value }, channels = new[] { "hook-alice" },
            digest = "daily" });
        await host.PutAsync("/readers/ann", new { channels = new[] { "hook-ann" }, digest = "daily" });
        await host.PutAsync("/routes", new { mail = "minder" });
        return host;
    }
}
