using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Notify.Tests.Routes;

/// <summary>Routes by what a build says beside the one before it, with the real service.</summary>
public sealed class TransitionRoutesTests(PostgresFixture postgres)
{
    [Fact]
    public async Task who_asks_for_broke_and_fixed_hears_of_these_and_not_of_what_goes_on()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.PutAsync("/routes/turns", new { on = new[] { "build.*" }, channels = new[] { "team" }, changes = new[] { "broke",
            "fixed" } });

        foreach (var (i, outcome) in new[] { Outcome.Passed, Outcome.Failed, Outcome.Failed, Outcome.Passed, Outcome.Passed }.Index())
            await host.SendAsync(Told.Build(outcome, attempt: i + 1) with { FinishedAt = Told.At.AddMinutes(i) });

        Assert.Equal(["broke", "fixed"], [
            (string)(await receiver.NextAsync()).Json["data"]!["build"]!["change"]!,
            (string)(await receiver.NextAsync()).Json["data"]!["build"]!["change"]!]);
        Assert.Equal(2, (await host.ItemsAsync("/deliveries")).Count);
    }

    [Fact]
    public async Task owners_of_a_patch_are_known_when_its_build_ends()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.PutAsync("/routes/mine", new { on = new[] { "build.*" }, channels = new[] { "team" }, owners = new[] { "@alice" } });

        await host.SendAsync(Told.Build(attempt: 1));
        await host.SendAsync(new ReviewWanted(
            Told.Rid, "heartwood", Told.Patch, RevisionId.Parse(Told.Patch.Value), Told.Commit, "Fix", Told.Author, [new("@alice", 1)],
                1, [],
            Told.At));
        await host.SendAsync(Told.Build(attempt: 2));

        Assert.Equal("@alice", (string)(await receiver.NextAsync()).Json["data"]!["owners"]![0]!);
        Assert.Single(await host.ItemsAsync("/deliveries"));
    }

    [Fact]
    public async Task a_dry_run_says_why_and_a_rule_that_cannot_be_read_is_refused_with_its_place()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.PutAsync("/routes/a", new { channels = new[] { "team" }, branches = new[] { "main" }, last = true });
        await host.PutAsync("/routes/b", new { channels = new[] { "team" } });

        var main = await host.GetAsync("/recipients?type=build.failed&branch=main&change=still_failing");
        Assert.Equal("it listens to *, branch main", (string)main["deliveries"]![0]!["why"]!);
        Assert.Equal("a speaks of it, and is the last", (string)main["silent"]![0]!["why"]!);
        Assert.Equal("b", (string)(await host.GetAsync("/recipients?type=build.failed&branch=dev"))["deliveries"]![0]!["route"]!);

        using var refused = await host.Client.PutAsJsonAsync(
            "/routes/c", new { channels = new[] { "team" }, hours = new[] { "mon-fri 8-18" } }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(
            "hours[0] 'mon-fri 8-18', character 9: '8' is no time",
            (string)(await refused.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["detail"]!,
            StringComparison.Ordinal);
        using var unknown = await host.Client.PutAsJsonAsync(
            "/routes/c", new { channels = new[] { "team" }, branch = "main" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var odd = await host.Client.GetAsync("/recipients?type=build.failed&change=brok", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, odd.StatusCode);
    }
}
