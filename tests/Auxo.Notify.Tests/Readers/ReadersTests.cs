using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Notify.Tests.Readers;

/// <summary>People and what they set, with the real service.</summary>
public sealed class ReadersTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_author_hears_of_her_build_by_her_own_channel()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("alice-hook", receiver.Address);
        await host.PutAsync("/readers/alice", new { dids = new[] { Told.Author.Value }, channels = new[] { "alice-hook" } });
        await host.PutAsync("/readers/bob", new { channels = new[] { "alice-hook" } });
        await host.PutAsync("/routes/broke", new { on = new[] { "build.*" }, people = new[] { "author" }, changes = new[] { "broke",
            "fixed" } });

        await host.SendAsync(Told.Opened()); // No route leads there.
        await host.SendAsync(Told.Build());

        Assert.Equal("build.failed", (string)(await receiver.NextAsync()).Json["type"]!);
        var delivery = await host.DeliveryAsync("delivered");
        Assert.Equal(("alice", "broke"), ((string)delivery["reader"]!, (string)delivery["route"]!));
    }

    [Fact]
    public async Task in_quiet_hours_a_delivery_waits_for_their_end_and_says_so_and_critical_passes()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("alice-hook", receiver.Address);
        await host.PutAsync("/readers/alice", new { channels = new[] { "alice-hook" }, quiet = new[] { "00:00-24:00" } });
        await host.PutAsync("/routes/all", new { people = new[] { "alice" } });

        await host.SendAsync(Told.Build());
        await host.SendAsync(new Contracts.FailureDetected(Told.Rid, "f1", null, "Logins fail", null, Told.At));

        Assert.Equal("failure.detected", (string)(await receiver.NextAsync()).Json["type"]!);
        var waiting = await host.DeliveryAsync("waiting");
        Assert.StartsWith("her quiet hours last until ", (string)waiting["reason"]!, StringComparison.Ordinal);
        Assert.True((DateTimeOffset)waiting["due"]! > DateTimeOffset.UtcNow.AddMinutes(1));
        var why = await host.GetAsync("/recipients?type=build.failed");
        Assert.Equal(("alice", "after_quiet_hours"), ((string)why["people"]![0]!["person"]!, (string)why["people"]![0]!["how"]!));
    }

    [Fact]
    public async Task she_sets_her_own_with_her_own_token_and_nobody_elses()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("alice-hook", receiver.Address);
        await host.WebhookAsync("team", receiver.Address);
        await host.PutAsync("/readers/alice", new { channels = new[] { "alice-hook" } });
        using var alice = await host.PersonAsync("alice", "developer");

        using var set = await alice.PutAsJsonAsync("/readers/self", new { digest = "daily", zone = "Europe/Berlin",
            digestAt = "07:00" }, Ct);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        var own = (await alice.GetFromJsonAsync<JsonNode>("/readers/self", Ct))!;
        Assert.Equal(("alice", "daily", "07:00"), ((string)own["name"]!, (string)own["digest"]!, (string)own["digestAt"]!));

        foreach (var (path, body) in ((string, object)[])[
            ("/readers/bob", new { digest = "daily" }), ("/readers/self", new { channels = new[] { "team" } }),
            ("/readers/alice", new { dids = new[] { Told.Author.Value } })])
        {
            using var refused = await alice.PutAsJsonAsync(path, body, Ct);
            Assert.Equal((HttpStatusCode.Forbidden, path), (refused.StatusCode, path));
        }

        using var removed = await alice.DeleteAsync("/readers/alice", Ct);
        Assert.Equal(HttpStatusCode.Forbidden, removed.StatusCode);
        using var anonymous = await host.Anonymous.GetAsync("/readers/alice", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        using var nobody = await host.Client.GetAsync("/readers/self", Ct);
        Assert.Equal(HttpStatusCode.Conflict, nobody.StatusCode);
    }

    [Fact]
    public async Task who_is_meant_by_a_route_and_a_channel_that_is_hers_cannot_be_removed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("hook", receiver.Address);
        await host.PutAsync("/readers/alice", new { channels = new[] { "hook" } });
        await host.PutAsync("/routes/hers", new { people = new[] { "alice" } });

        using var reader = await host.Client.DeleteAsync("/readers/alice", Ct);
        using var channel = await host.Client.DeleteAsync("/channels/hook", Ct);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (reader.StatusCode, channel.StatusCode));
        foreach (var path in (string[])["/routes/hers", "/readers/alice", "/channels/hook"])
        {
            using var gone = await host.Client.DeleteAsync(path, Ct);
            Assert.Equal((HttpStatusCode.NoContent, path), (gone.StatusCode, path));
        }

        Assert.Empty(await host.ItemsAsync("/readers"));
        foreach (var body in (object[])[
            new { people = new[] { "alice" } }, new { channels = Array.Empty<string>() },
            new { people = new[] { "everyone" }, channels = new[] { "hook" }, digest = true }])
        {
            using var refused = await host.Client.PutAsJsonAsync("/routes/x", body, Ct);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
    }
}
