using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

using Auxo.Contracts;
using Auxo.Metrics.Tests.Messages;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Npgsql;

namespace Auxo.Metrics.Tests;

/// <summary>
/// The service dies at a named point and is started again: every fact is there, once, and the documents are those of a rebuild.
/// </summary>
public sealed class CrashTests(PostgresFixture postgres)
{
    private static readonly Rid Repository = Ids.Rid("crashed");

    [Theory]
    [InlineData("store.saving")]
    [InlineData("store.committed")]
    [InlineData("metrics.facts.saving")]
    [InlineData("metrics.facts.committed")]
    [InlineData("metrics.page.worked_out")]
    [InlineData("metrics.page.published")]
    public async Task no_fact_is_lost_and_none_counts_twice(string point)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var host = await MetricsHost.StartAsync(database)) await host.SettleAsync();
        await SendAsync(database);
        await using (var dying = await ServiceProcess.StartAsync("metrics", database, point)) await dying.DiedAsync();

        await using var again = await MetricsHost.StartAsync(database);
        await again.Queues.QuietAsync("metrics", TimeSpan.FromSeconds(30));
        await again.SettleAsync();

        var answer = await again.GetAsync($"/api/dora/{Repository}?from=2026-03-01&to=2026-03-08");
        Assert.Equal(2, (int)answer["deploymentFrequency"]!["n"]!);
        Assert.Equal(0.5, (double)answer["changeFailRate"]!["ratio"]!);
        Assert.Equal(3600, (double)answer["recovery"]!["time"]!["p50Seconds"]!);
        Assert.Equal(2 * 3600, (double)answer["changeLeadTime"]!["time"]!["p50Seconds"]!);
        Assert.Equal(3, (int)(await again.GetAsync($"/api/ci/{Repository}?from=2026-03-01&to=2026-03-08"))["builds"]!);

        var documents = await again.DocumentsAsync();
        await again.RebuildAsync();
        Assert.Equal(documents, await again.DocumentsAsync());
    }

    [Theory]
    [InlineData("store.saving", "/api/deployments")]
    [InlineData("store.committed", "/api/deployments")]
    [InlineData("metrics.report.recorded", "/api/deployments")]
    [InlineData("metrics.report.recorded", "/api/failures")]
    public async Task who_got_no_answer_reports_again_and_it_counts_once(string point, string path)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var host = await MetricsHost.StartAsync(database)) await host.SettleAsync();
        using var client = await ClientAsync(database);
        object report = path == "/api/deployments"
            ? new { rid = Repository.Value, commit = Ids.Commit("c1").Value, id = "r1", at = SampleMessages.At(1) }
            : new { rid = Repository.Value, id = "r1", at = SampleMessages.At(1) };
        await using (var dying = await ServiceProcess.StartAsync("metrics", database, point))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsJsonAsync(new Uri(dying.Address, path), report));
            await dying.DiedAsync();
        }

        await using var again = await ServiceProcess.StartAsync("metrics", database);
        using var answer = await client.PostAsJsonAsync(new Uri(again.Address, path), report);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await using var source = NpgsqlDataSource.Create(database);
        await using var count = source.CreateCommand("select count(*) from metrics.mt_events");
        Assert.Equal(1L, await count.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("metrics.policy.before_commit", "UTC")]
    [InlineData("metrics.policy.committed", "Europe/Berlin")]
    public async Task a_policy_is_changed_when_it_is_committed_and_not_before(string point, string zone)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var host = await MetricsHost.StartAsync(database)) await host.SettleAsync();
        using var client = await ClientAsync(database);
        var path = $"/api/repositories/{Repository}/policy";
        await using (var dying = await ServiceProcess.StartAsync("metrics", database, point))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PutAsJsonAsync(new Uri(dying.Address, path), new
            {
                zone = "Europe/Berlin",
            }));
            await dying.DiedAsync();
        }

        await using var again = await MetricsHost.StartAsync(database);
        Assert.Equal(zone, (string)(await again.GetAsync(path))["zone"]!);
    }

    private static async Task<HttpClient> ClientAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await AccessToken.CreateAsync(source, "crash", [AccessToken.Admin], null, CancellationToken.None));
        return client;
    }

    /// <summary>Two deployments by policy, the second with a change of two hours and a failure of one; one more build fails.</summary>
    private static async Task SendAsync(string database)
    {
        await using var queues = new Queues(database);
        foreach (object message in (object[])[
            SampleMessages.Advanced(Repository, null, "c0", 0),
            SampleMessages.Built(Repository, "c0", 1),
            SampleMessages.Opened(Repository, "p", 2),
            SampleMessages.Built(Repository, "p", 2.5, Outcome.Failed, trigger: BuildTrigger.Patch),
            SampleMessages.Merged(Repository, "p", "c1", 3),
            SampleMessages.Advanced(Repository, "c0", "c1", 3, null, "p"),
            SampleMessages.Built(Repository, "c1", 4),
            SampleMessages.Failed(Repository, "f", Ids.Build($"{Repository} c1 1").ToString(), 5),
            SampleMessages.Recovered(Repository, "f", 6)])
            await queues.SendAsync("metrics", message);
    }
}
