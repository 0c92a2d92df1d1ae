using System.Net;
using System.Net.Http.Json;
using System.Text;

using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Metrics.Exposition;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

using static Auxo.Metrics.Tests.Mesh.Reports;

namespace Auxo.Metrics.Tests.Mesh;

/// <summary>The real service on a real database takes reports of nodes and answers the matrix.</summary>
public sealed class MeshHostTests(PostgresFixture postgres)
{
    private static readonly Uri Report = new("/api/mesh/report", UriKind.Relative);
    private static readonly Uri Matrix = new("/api/mesh", UriKind.Relative);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task nodes_report_by_their_own_tokens_and_the_matrix_shows_each_pair()
    {
        await using var host = await StartAsync();
        using var ann = await host.ConnectAsync("agent-ann", "metrics:report");
        using var bob = await host.ConnectAsync("agent-bob", "metrics:report");

        var first = await PutAsync(ann, Of(A, Sees(B, direct: true, rtt: 0.012)) with { Addresses = ["ann.example.org:8776"] });
        var second = await PutAsync(bob, Of(B) with { At = Now.AddYears(-3) });

        Assert.Equal(("ann", 0), (first.Name, first.Others.Count));
        Assert.Equal(("bob", "ann", A, "ann.example.org:8776"), (
            second.Name, second.Others[0].Name, second.Others[0].Node, second.Others[0].Addresses[0]));
        var matrix = await host.GetAsync("/api/mesh");
        Assert.Equal(["ann", "bob"], matrix["nodes"]!.AsArray().Select(static n => (string)n!["name"]!));
        Assert.Equal(["direct", "failing"], matrix["pairs"]!.AsArray().Select(static p => (string)p!["state"]!));
        Assert.True((bool)matrix["pairs"]![1]!["asymmetric"]!);
        Assert.InRange((double)matrix["nodes"]![1]!["clockSkewSeconds"]!, -1e9, -3600);
        Assert.Null(matrix["nodes"]![1]!["silentSeconds"]);
        RecordedAnswers.Match("metrics", "api/mesh", matrix);
    }

    [Fact]
    public async Task the_latest_report_of_a_node_is_the_one_that_is_kept_and_a_node_can_be_removed()
    {
        await using var host = await StartAsync();
        using var ann = await host.ConnectAsync("agent-ann", "metrics:report");
        await PutAsync(ann, Of(A) with { Alias = "old" });
        await PutAsync(ann, Of(A) with { Alias = "new" });

        Assert.Equal("new", (string)Assert.Single((await host.GetAsync("/api/mesh"))["nodes"]!.AsArray())!["alias"]!);
        using var gone = await host.Client.DeleteAsync("/api/mesh/nodes/ann", Ct);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Empty((await host.GetAsync("/api/mesh"))["nodes"]!.AsArray());
        using var again = await host.Client.DeleteAsync("/api/mesh/nodes/ann", Ct);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task a_token_of_an_agent_can_report_and_nothing_else_and_others_cannot_report()
    {
        await using var host = await StartAsync();
        using var agent = await host.ConnectAsync("agent-ann", "metrics:report");
        using var reader = await host.ConnectAsync("reader", "metrics:read", "metrics:write");
        using var nobody = host.ConnectAnonymously();

        Assert.Equal(HttpStatusCode.Forbidden, (await agent.GetAsync(Matrix, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.DeleteAsync("/api/mesh/nodes/ann", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.GetAsync("/api/ci", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PutAsJsonAsync(Report, Of(A), Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync(Matrix, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(Matrix, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PutAsJsonAsync(Report, Of(A), Ct)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"node":"NODE","alias":null,"version":"","at":"2026-11-30T12:00:00Z","health":[],"peers":[],"repositories":[]}""")]
    [InlineData("""{"node":"NODE","alias":"","version":"","at":"soon","health":[],"peers":[],"repositories":[]}""")]
    [InlineData("""{"node":"NODE","alias":"","version":"","at":"2026-11-30T12:00:00Z","health":[],"peers":[]""")]
    public async Task what_is_no_report_is_refused_and_changes_nothing(string body)
    {
        await using var host = await StartAsync();
        using var content = Json(body.Replace("NODE", A, StringComparison.Ordinal));
        using var answer = await host.Client.PutAsync(Report, content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty((await host.GetAsync("/api/mesh"))["nodes"]!.AsArray());
    }

    [Fact]
    public async Task what_a_later_agent_says_more_is_passed_over_and_nulls_in_lists_too()
    {
        await using var host = await StartAsync();
        using var content = Json($$$"""
            {"node":"{{{A}}}","alias":"","version":"","at":"2026-11-30T12:00:00Z","health":[null],"peers":[null,
            {"node":"{{{B}}}","alias":null,"address":null,"connected":true,"refs":[null],"mood":"good"}],
            "repositories":[null,{"rid":"{{{Heartwood}}}","name":"x","visibility":"private","signedRefs":null,"violations":[null]}],
            "weather":{"sun":[1,2]}}
            """);
        using var answer = await host.Client.PutAsync(Report, content, Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single((await host.GetAsync("/api/mesh"))["nodes"]!.AsArray());
    }

    [Fact]
    public async Task a_report_that_is_too_long_is_refused()
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync(), listen: true);
        using var answer = await host.Client.PutAsJsonAsync(Report, Of(A) with { Alias = new string('x', 257 << 10) }, Ct);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task an_exposed_repository_is_told_at_once_and_once_and_so_is_the_end_of_it()
    {
        await using var host = await StartAsync();
        using var ann = await host.ConnectAsync("agent-ann", "metrics:report");
        using var bob = await host.ConnectAsync("agent-bob", "metrics:report");
        var (well, ill) = (Private(Heartwood, "secret-plans"), Private(Heartwood, "secret-plans", "it is at z6MkX"));
        await PutAsync(ann, Of(A) with { Repositories = [ill] });
        await PutAsync(ann, Of(A) with { Repositories = [ill] });
        await PutAsync(bob, Of(B) with { Repositories = [ill] });
        await host.Queues.QuietAsync("metrics");

        var told = Assert.Single(await host.Queues.MessagesAsync<PrivacyViolated>("notify"));
        Assert.Equal((Heartwood, "secret-plans", "ann", "it is at z6MkX"), (told.Rid.Value, told.RepositoryName, told.Node, told.Text));
        var page = await PageAsync(host);
        Assert.Contains($"radicle_repo_private_violation{{node=\"ann\",repo=\"{Heartwood}\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_repo_private_violation{{node=\"bob\",repo=\"{Heartwood}\"}} 1\n", page, StringComparison.Ordinal);

        await PutAsync(ann, Of(A) with { Repositories = [well] });
        Assert.Empty(await host.Queues.MessagesAsync<PrivacyRestored>("notify"));
        await PutAsync(bob, Of(B) with { Repositories = [well] });
        await PutAsync(bob, Of(B) with { Repositories = [well] });
        await host.Queues.QuietAsync("metrics");
        Assert.Single(await host.Queues.MessagesAsync<PrivacyRestored>("notify"));
        Assert.DoesNotContain("radicle_repo_private_violation{", await PageAsync(host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_page_has_the_mesh_and_names_no_private_repository()
    {
        await using var host = await StartAsync();
        using var ann = await host.ConnectAsync("agent-ann", "metrics:report");
        using var bob = await host.ConnectAsync("agent-bob", "metrics:report");
        var at = TimeProvider.System.GetUtcNow();
        await PutAsync(ann, Of(A, Sees(B, direct: false, rtt: 0.25) with { LastHandshake = at }, Sees(C) with { Connected = false }) with
        {
            At = at, KeyExpiry = Now,
            Health = [new NodeHealthItem("cpu", "fine", "", 7), new NodeHealthItem("disk radicle", "warning", "", 84.5)],
            Repositories = [Private(Heartwood, "secret-plans", "it is at z6MkX")],
        });
        await PutAsync(bob, Of(B) with
        {
            At = at, Health = [new NodeHealthItem("node", "critical", "does not answer")],
        });

        var page = await PageAsync(host);
        foreach (var line in (string[])[
            "radicle_node_up{node=\"ann\"} 1", "radicle_node_up{node=\"bob\"} 0",
            "radicle_node_peers{node=\"ann\",state=\"connected\"} 1", "radicle_node_peers{node=\"ann\",state=\"disconnected\"} 1",
            "radicle_node_cpu_used_ratio{node=\"ann\"} 0.07", "radicle_node_disk_used_ratio{node=\"ann\",mountpoint=\"radicle\"} 0.845",
            "radicle_mesh_peer_direct{node=\"ann\",peer=\"bob\"} 0", "radicle_mesh_rtt_seconds{node=\"ann\",peer=\"bob\"} 0.25",
            "radicle_mesh_last_handshake_timestamp_seconds{node=\"ann\",peer=\"bob\"} ",
            $"radicle_mesh_key_expiry_timestamp_seconds{{node=\"ann\"}} {Now.ToUnixTimeSeconds()}"])
            Assert.Contains(line, page, StringComparison.Ordinal);
        Assert.DoesNotContain("radicle_mesh_rtt_seconds{node=\"bob\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-plans", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-plans", (await host.GetAsync("/api/mesh")).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("", await Tool.RunAsync("promtool", ["check", "metrics"], input: page));
    }

    [Theory]
    [InlineData("store.saving")]
    [InlineData("store.committed")]
    public async Task an_alarm_of_a_service_that_dies_is_told_once_when_the_agent_reports_again(string point)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var host = await MetricsHost.StartAsync(database)) await host.SettleAsync();
        var report = Of(A) with { Repositories = [Private(Heartwood, "secret-plans", "it is at z6MkX")] };
        await using (var dying = await ServiceProcess.StartAsync("metrics", database, point))
        {
            await using var source = Npgsql.NpgsqlDataSource.Create(database);
            using var client = new HttpClient { BaseAddress = dying.Address };
            client.DefaultRequestHeaders.Authorization = new("Bearer", await ServiceDefaults.Access.AccessToken.CreateAsync(
                source, "agent-ann", ["metrics:report"], null, Ct));
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PutAsJsonAsync(Report, report, Ct));
            await dying.DiedAsync();
        }

        await using var again = await MetricsHost.StartAsync(database);
        using var ann = await again.ConnectAsync("agent-ann", "metrics:report");
        await PutAsync(ann, report);
        await Eventually.TrueAsync(
            async () => (await again.Queues.MessagesAsync<PrivacyViolated>("notify")).Any(), "the alarm is told", TimeSpan.FromSeconds(60));
        await again.Queues.QuietAsync("metrics");

        Assert.Single(await again.Queues.MessagesAsync<PrivacyViolated>("notify"));
    }

    private async Task<MetricsHost> StartAsync() => await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<ReportTaken> PutAsync(HttpClient client, NodeReport report)
    {
        using var answer = await client.PutAsJsonAsync(Report, report, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<ReportTaken>(Ct))!;
    }

    private static async Task<string> PageAsync(MetricsHost host)
    {
        await host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(Ct);
        return await host.Client.GetStringAsync("/metrics", Ct);
    }
}
