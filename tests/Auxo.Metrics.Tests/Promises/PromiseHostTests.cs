using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Exposition;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Promises.Commands;
using Auxo.Metrics.Tests.Health;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Promises;

/// <summary>The real service on a real database: from what is told to how the promises stand.</summary>
public sealed class PromiseHostTests(PostgresFixture postgres)
{
    private static readonly Uri Commands = new("/api/commands", UriKind.Relative);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task promises_are_answered_shown_on_the_page_and_one_at_risk_alerts()
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        var now = TimeProvider.System.GetUtcNow();
        var (rid, gone) = (HealthSamples.Heartwood, Ids.Rid("gone"));
        await host.SendAsync(
            new RepositoryTracked(rid, "sample", "main", RepositoryLocator.InStorage(rid), [], now.AddDays(-9)),
            new RepositoryTracked(gone, "gone", "main", RepositoryLocator.OfFolder("/nowhere"), [], now.AddDays(-9)),
            Built(gone, "x", 900, now), new RepositoryUntracked(gone, "gone", now.AddHours(-1)),
            HealthSamples.StandingTold(now.AddHours(-10)),
            HealthSamples.StandingTold(now.AddHours(-1), HealthSamples.Node with { SeedsInSync = 1, BehindSince = now.AddHours(-1) }));
        await host.SendAsync(Enumerable.Range(0, 20).Select(i => Built(rid, $"c{i}", i == 0 ? 400 : 20, now)));
        foreach (var seconds in (double[])[0, 1.5, 2, 3, 7])
            await ToldAsync(host.Client, HttpStatusCode.NoContent, "patch create", seconds);
        await ToldAsync(host.Client, HttpStatusCode.NoContent, "patch merge", 86_400);
        using var ann = await host.ConnectAsync("agent-ann", "metrics:report");
        foreach (var health in (NodeHealthItem[][])[[], [], [new NodeHealthItem("node", "critical", "does not answer")]])
            using (var taken = await ann.PutAsJsonAsync("/api/mesh/report", Mesh.Reports.Of(Mesh.Reports.A) with { Health = health }, Ct))
                Assert.Equal(HttpStatusCode.OK, taken.StatusCode);

        var answer = await host.GetAsync("/api/promises");
        RecordedAnswers.Match("metrics", "api/promises", answer);
        Assert.Equal(
            [
                "patch_create 5 commands 0.8 broken 4", "feedback 20 builds 0.95 kept 1", "merge 1 commands 0 not_known",
                "node_uptime 0 hours  not_known", "mesh_sync 120 looks 0.9 broken 2",
            ],
            answer["promises"]!.AsArray().Select(static p => FormattableString.Invariant(
                $"{p!["promise"]} {p["n"]} {p["of"]} {Round(p["ratio"], 2)} {p["state"]} {Round(p["budgetUsed"], 1)}").TrimEnd()));
        Assert.Equal(2, await host.ScalarAsync<long>("select count(*) from metrics.mt_events where stream_id = 'uptime/ann'"));
        // What happened later is left out.
        var before = await host.GetAsync($"/api/promises?days=1&asOf={Uri.EscapeDataString(now.AddHours(-5).ToString("O"))}");
        Assert.Equal([0, 0, 0, 0, 60], before["promises"]!.AsArray().Select(static p => (int)p!["n"]!));

        await host.Services.GetRequiredService<PromiseWatch>().RunAsync(Ct);
        await host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(Ct);
        var page = await host.Client.GetStringAsync("/metrics", Ct);
        foreach (var line in (string[])[
            "radicle_promise_bound{promise=\"feedback\",unit=\"seconds\"} 30", "radicle_promise_samples{promise=\"merge\"} 1",
            "radicle_promise_kept{promise=\"feedback\"} 1", "radicle_promise_kept{promise=\"patch_create\"} 0",
            "radicle_promise_budget_used_ratio{promise=\"feedback\"} 1",
            "radicle_promise_value{promise=\"mesh_sync\",unit=\"ratio\"} 0."])
            Assert.Contains(line, page, StringComparison.Ordinal);
        Assert.DoesNotContain("radicle_promise_kept{promise=\"merge\"}", page, StringComparison.Ordinal);
        await host.Services.GetRequiredService<AlertWatch>().LookAsync(Ct);
        Assert.Equal(
            ["feedback", "mesh sync"],
            (await host.GetAsync("/alerts"))["items"]!.AsArray().Where(static alert => (string)alert!["rule"]! == "PromiseAtRisk")
                .Select(static alert => (string)alert!["name"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_restart_ends_no_alert_of_a_promise()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var host = await MetricsHost.StartAsync(database))
        {
            for (var i = 0; i < ScorePromise.EnoughToWarn; i++) await ToldAsync(host.Client, HttpStatusCode.NoContent, "patch merge", 900);
            await host.Services.GetRequiredService<PromiseWatch>().RunAsync(Ct);
            await host.Services.GetRequiredService<AlertWatch>().LookAsync(Ct);
            Assert.Equal("pending", await PhaseAsync(host));
        }

        await using var again = await MetricsHost.StartAsync(database);
        await again.Services.GetRequiredService<AlertWatch>().LookAsync(Ct);
        Assert.Equal("pending", await PhaseAsync(again));

        static async Task<string?> PhaseAsync(MetricsHost host)
            => (string?)Assert.Single((await host.GetAsync("/alerts"))["items"]!.AsArray())!["phase"];
    }

    [Theory]
    [InlineData("""{"command":"rm -rf","seconds":1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"command":"Patch Create","seconds":1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"command":null,"seconds":1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"command":"patch create"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"command":"patch create","seconds":-0.1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"command":"patch create","seconds":31536000}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"command":"patch create","seconds":1e999}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"command":"patch create","seconds":"NaN"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    public async Task what_no_command_line_tells_is_refused(string body, HttpStatusCode expected)
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        using var sent = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(Commands, sent, Ct);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(0, await host.ScalarAsync<long>("select count(*) from metrics.mt_events"));
    }

    [Fact]
    public async Task a_developer_tells_a_viewer_asks_and_a_full_day_keeps_no_more()
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        using var developer = await host.ConnectAsync("dev", [.. ServiceDefaults.Access.Roles.ScopesOf("developer")]);
        using var viewer = await host.ConnectAsync("viewer", [.. ServiceDefaults.Access.Roles.ScopesOf("viewer")]);
        using var nobody = host.ConnectAnonymously();
        await ToldAsync(developer, HttpStatusCode.NoContent, "patch merge", 3);
        await ToldAsync(viewer, HttpStatusCode.Forbidden, "patch merge", 3);
        await ToldAsync(nobody, HttpStatusCode.Unauthorized, "patch merge", 3);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/promises", Ct)).StatusCode);
        foreach (var query in (string[])["days=0", "days=3661", "days=x", "asOf=2999-01-01", "asOf=1969-01-01", "asOf=yesterday"])
            Assert.Equal(HttpStatusCode.BadRequest, (await viewer.GetAsync("/api/promises?" + query, Ct)).StatusCode);

        // Many at once: each is kept, up to the day's end of them.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ToldAsync(developer, HttpStatusCode.NoContent, "patch create", 1)));
        var made = (await host.GetAsync("/api/promises?days=1"))["promises"]!.AsArray();
        Assert.Equal([20, 0, 1, 0, 0], made.Select(static p => (int)p!["n"]!));
        Assert.True(CommandDay.Most >= 20);
    }

    private static async Task ToldAsync(HttpClient client, HttpStatusCode expected, string command, double seconds)
    {
        using var answer = await client.PostAsJsonAsync(Commands, new JsonObject { ["command"] = command, ["seconds"] = seconds }, Ct);
        Assert.Equal(expected, answer.StatusCode);
    }

    /// <summary>Seconds pass while it runs.</summary>
    private static double? Round(JsonNode? value, int digits) => value is null ? null : Math.Round((double)value, digits);

    private static BuildFinished Built(Rid rid, string commit, double seconds, DateTimeOffset now)
        => Messages.SampleMessages.Built(rid, commit, 0) with
        {
            QueuedAt = now.AddMinutes(-20), StartedAt = now.AddMinutes(-20).AddSeconds(1),
            FinishedAt = now.AddMinutes(-20).AddSeconds(seconds),
        };
}
