using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Ingest.Tests.Commenting;
using Auxo.Testing.Radicle;
using Auxo.Testing;

namespace Auxo.Ingest.Tests;

/// <summary>The service dies at a named point and is started again: nothing acknowledged is lost, nothing happens twice.</summary>
public sealed class CrashTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly RadicleTestKey _alice = new("alice");
    private readonly RadicleTestKey _bob = new("bob");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("ingest.fact.before_commit")]
    [InlineData("ingest.fact.committed")]
    public async Task a_fact_survives_and_is_sent_once(string point)
    {
        var (database, storage, _) = await TrackedAsync();
        var (patch, _) = storage.OpenPatch(_bob, "New", Files("new.txt"));
        await using (var dying = await ServiceProcess.StartAsync("ingest", database, point, ("RAD_HOME", _home),
            ("RAD_SOCKET", Path.Combine(_home, "none")))) await dying.DiedAsync();
        await AssertOneFactAsync(database, storage, patch);
    }

    [Fact]
    public async Task a_stored_webhook_that_was_not_answered_is_recognised_when_it_comes_again_and_its_fact_is_sent_once()
    {
        var (database, storage, secret) = await TrackedAsync();
        string patch;
        byte[] body;
        await using (var dying = await ServiceProcess.StartAsync(
            "ingest", database, "ingest.receipt.committed", ("RAD_HOME", _home), ("RAD_SOCKET", Path.Combine(_home, "none"))))
        {
            (patch, var head) = storage.OpenPatch(_bob, "New", Files("new.txt"));
            body = IngestHost.PatchBody(storage.Rid, patch, head);
            using var client = new HttpClient { BaseAddress = dying.Address };
            using var hook = IngestHost.Hook(body, secret);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(hook));
            await dying.DiedAsync();
        }

        await using var host = await IngestHost.StartAsync(database, _home);
        using var again = IngestHost.Hook(body, secret);
        using var answer = await host.Anonymous.SendAsync(again);
        Assert.Equal("duplicate", (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!);
        await Eventually.TrueAsync(async () => (await host.SentNamesAsync()).Contains("patch_opened"), "the sweep of the start finds it");
        await host.ScanAsync(storage.Rid);
        Assert.Single(await host.SentAsync(), s => s.Name == "patch_opened" && (string)s.Body["revision"]!["patchId"]! == patch);
    }

    [Theory]
    [InlineData("ingest.comment.before_write")]
    [InlineData("ingest.comment.written")]
    [InlineData("ingest.comment.before_ack")]
    public async Task a_comment_survives_and_stands_there_once(string point)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", Files("README.md"), ct);
        var (patch, _) = await alice.OpenPatchAsync("demo", "Hers", Files("hers.txt"), ct);
        var database = await postgres.CreateDatabaseAsync();
        PostPatchComment wanted;
        await using (var first = await IngestHost.StartAsync(database, alice.Home, alice.Socket))
        {
            await first.TrackAsync(repository.Rid);
            wanted = CommentOutboxTests.Wanted(Rid.Parse(repository.Rid), patch, 1, "**passed**", final: true);
        }

        await using (var queues = new Queues(database)) await queues.SendAsync("ingest", wanted);

        await using (var dying = await ServiceProcess.StartAsync("ingest", database, point, ("RAD_HOME", alice.Home),
            ("RAD_SOCKET", alice.Socket))) await dying.DiedAsync();

        await using var host = await IngestHost.StartAsync(database, alice.Home, alice.Socket);
        await Eventually.TrueAsync(async () => (await host.ItemsAsync("/outbox"))
            .Any(r => (string)r!["state"]! == "posted"), "the comment stands", TimeSpan.FromSeconds(60));
        var shown = await alice.PatchJsonAsync(repository.Rid, patch, ct);
        var bodies = JsonNode.Parse(shown)!["revisions"]!.AsObject().SelectMany(r => r.Value!["discussion"]!["comments"]!.AsObject())
            .Where(c => c.Value is not null).Select(c => (string)c.Value!["body"]!).ToList();
        Assert.Contains("auxo · build", Assert.Single(bodies), StringComparison.Ordinal);
    }

    private async Task<(string Database, RadicleStorage Storage, string Secret)> TrackedAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        var storage = await RadicleStorage.CreateAsync(Path.Combine(_home, "storage"), "demo", _alice, Files("README.md"));
        await using var host = await IngestHost.StartAsync(database, _home);
        return (database, storage, await host.TrackAsync(storage.Rid));
    }

    private async Task AssertOneFactAsync(string database, RadicleStorage storage, string patch)
    {
        await using var host = await IngestHost.StartAsync(database, _home);
        await Eventually.TrueAsync(async () => (await host.SentNamesAsync()).Contains("patch_opened"), "the fact is there");
        await host.ScanAsync(storage.Rid);
        Assert.Single(await host.SentAsync(), s => s.Name == "patch_opened" && (string)s.Body["revision"]!["patchId"]! == patch);
        Assert.Equal(2L, await host.ScalarAsync<long>($"select version from ingest.mt_streams where id = 'patch/{storage.Rid}/{patch}'"));
    }

    private static Dictionary<string, string> Files(string path) => new(StringComparer.Ordinal) { [path] = path };

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        _alice.Dispose();
        _bob.Dispose();
        return ValueTask.CompletedTask;
    }
}
