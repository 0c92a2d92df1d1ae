using System.Net;
using System.Net.Http.Headers;

using Auxo.Registry.Blobs;
using Auxo.Registry.Tests.Artifacts;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;
using Auxo.Testing;

using Npgsql;

namespace Auxo.Registry.Tests;

/// <summary>
/// The service dies at a named point and is started again: nothing acknowledged is lost, nothing half is seen, nothing is told
/// twice.
/// </summary>
public sealed class CrashTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private string _database = null!;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    [Theory]
    [InlineData("registry.upload.received", false)]
    [InlineData("registry.blob.pinned", false)]
    [InlineData("registry.blob.moved", false)]
    [InlineData("registry.upload.before_commit", false)]
    [InlineData("registry.upload.committed", true)]
    public async Task an_upload_is_there_whole_or_not_at_all_and_can_be_sent_again(string point, bool kept)
    {
        await using (var first = await RegistryHost.StartAsync(_database, _home)) await first.DefineAsync("files");
        var token = await TokenAsync();
        await using (var dying = await StartAsync(point))
        {
            using var client = new HttpClient { BaseAddress = dying.Address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PutAsync("/raw/files/x", new StringContent("content")));
            await dying.DiedAsync();
        }

        await using var host = await RegistryHost.StartAsync(_database, _home);
        using (var got = await host.GetAsync("/raw/files/x")) Assert.Equal(
            kept ? HttpStatusCode.OK : HttpStatusCode.NotFound, got.StatusCode);
        Assert.Empty(host.OnDisk().Unfinished);
        await host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        await host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Equal(kept ? 1 : 0, host.OnDisk().Whole.Count);
        using var again = await host.PutAsync("/raw/files/x", "content");
        Assert.Equal(kept ? HttpStatusCode.OK : HttpStatusCode.Created, again.StatusCode);
        Assert.Equal("content", await host.Client.GetStringAsync("/raw/files/x"));
        Assert.Equal(7L, await host.ScalarAsync<long>("select used_bytes from registry.repositories"));
    }

    [Theory]
    [InlineData("registry.publish.fetched")]
    [InlineData("registry.publish.before_commit")]
    [InlineData("registry.publish.committed")]
    public async Task a_build_is_published_once(string point)
    {
        await using var pipeline = await PipelineStandIn.StartAsync();
        Directory.CreateDirectory(Path.Combine(_home, "run"));
        await File.WriteAllTextAsync(Path.Combine(_home, "run", "registry.token"), PipelineStandIn.Token);
        var finished = Builds.Finished(1, [pipeline.Keep("a", [1]), pipeline.Keep("b", [2])]);
        // The pipeline is out of reach for the first one, so the wish is recorded and nothing more.
        await using (var first = await RegistryHost.StartAsync(_database, _home, ("services:pipeline:http:0", "http://127.0.0.1:9")))
        {
            await first.Queues.SendAsync("registry", finished);
            await Eventually.TrueAsync(async ()
                => await first.ScalarAsync<long>("select count(*) from registry.publications where attempts > 0 and "
                    + "lease_owner is null") == 1, "it was tried");
        }

        await ExecuteAsync("update registry.publications set not_before = null");
        await using (var dying = await StartAsync(point, pipeline.Address)) await dying.DiedAsync();
        await ExecuteAsync("update registry.publications set leased_until = null");

        await using var host = await RegistryHost.StartAsync(_database, _home, ("services:pipeline:http:0", pipeline.Address));
        await Eventually.TrueAsync(
            async () => await host.ScalarAsync<string>("select state from registry.publications") == "published", "it is published");
        Assert.Equal([2], await host.Client.GetByteArrayAsync($"/artifacts/{Builds.Rid}/{finished.Subject.BuildId}/files/b"));
        // Only the hosts of the tests have a queue in which what they say can be read; the process that dies has none.
        Assert.Equal(point == "registry.publish.committed" ? 0 : 1, (await host.SentAsync()).Count);
        Assert.Equal(2, pipeline.Asked.Count);
        Assert.Equal(2L, await host.ScalarAsync<long>(
            $"select version from registry.mt_streams where id = 'publication/{finished.Subject.BuildId}'"));
    }

    [Theory]
    [InlineData("registry.sweep.before_move")]
    [InlineData("registry.sweep.moved")]
    [InlineData("registry.sweep.committed")]
    public async Task a_sweep_that_dies_removes_a_content_or_not_and_nothing_between(string point)
    {
        await using (var first = await RegistryHost.StartAsync(_database, _home))
        {
            await first.DefineAsync("files");
            (await first.PutAsync("/raw/files/kept", "kept")).Dispose();
            (await first.PutAsync("/raw/files/old", "old")).Dispose();
            (await first.SendAsync(HttpMethod.Delete, "/raw/files/old")).Dispose();
            await first.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        }

        var token = await TokenAsync();
        await using (var dying = await StartAsync(point))
        {
            using var client = new HttpClient { BaseAddress = dying.Address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/sweep", null));
            await dying.DiedAsync();
        }

        await using var host = await RegistryHost.StartAsync(_database, _home);
        Assert.Empty(host.OnDisk().Unfinished);
        Assert.Equal(await host.ScalarAsync<long>("select count(*) from registry.blobs"), host.OnDisk().Whole.Count);
        await Eventually.TrueAsync(async ()
            => !(await host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None)).Skipped, "the dead one's lock is gone");
        Assert.Single(host.OnDisk().Whole);
        Assert.Equal("kept", await host.Client.GetStringAsync("/raw/files/kept"));
    }

    [Fact]
    public async Task while_a_backup_holds_the_contents_nothing_is_removed()
    {
        await using var host = await RegistryHost.StartAsync(_database, _home);
        await host.DefineAsync("files");
        (await host.PutAsync("/raw/files/old", "old")).Dispose();
        (await host.SendAsync(HttpMethod.Delete, "/raw/files/old")).Dispose();
        await host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        await using (var backup = await host.Database.OpenConnectionAsync())
        {
            await using (var hold = new NpgsqlCommand($"select pg_advisory_lock_shared({ContentsLock.Number})",
                backup)) await hold.ExecuteNonQueryAsync();
            Assert.Equal(new SweepResult(0, 0, Skipped: true), await host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None));
            await using var free = new NpgsqlCommand($"select pg_advisory_unlock_shared({ContentsLock.Number})", backup);
            await free.ExecuteNonQueryAsync();
        }

        Assert.Equal(1, (await host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None)).Removed);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<ServiceProcess> StartAsync(string crashAt, string pipeline = "http://127.0.0.1:9")
        => ServiceProcess.StartAsync("registry", _database, crashAt, ("AUXO_HOME", _home), ("services__pipeline__http__0", pipeline));

    private async Task<string> TokenAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        return await AccessToken.CreateAsync(source, "test", [AccessToken.Admin], null, CancellationToken.None);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
