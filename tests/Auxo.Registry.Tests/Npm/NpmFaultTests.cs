using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

using Auxo.Registry.Blobs;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Npgsql;

namespace Auxo.Registry.Tests.Npm;

/// <summary>The service dies in the middle of a publish, the quota ends, the disk is nearly full.</summary>
public sealed class NpmFaultTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-npm-").FullName;
    private string _database = null!;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    [Theory]
    [InlineData("registry.upload.received", false)]
    [InlineData("registry.blob.pinned", false)]
    [InlineData("registry.blob.moved", false)]
    [InlineData("registry.package.before_commit", false)]
    [InlineData("registry.package.committed", true)]
    public async Task a_publish_is_there_whole_or_not_at_all_and_can_be_sent_again(string point, bool kept)
    {
        await using (var first = await RegistryHost.StartAsync(_database, _home)) await first.DefineAsync("team", format: "npm");
        var body = TestTarball.Body("left", "1.0.0").ToJsonString();
        await using (var dying = await ServiceProcess.StartAsync(
            "registry", _database, point, ("AUXO_HOME", _home), ("services__pipeline__http__0", "http://127.0.0.1:9")))
        {
            using var client = new HttpClient { BaseAddress = dying.Address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PutAsync("/npm/team/left", new StringContent(body)));
            await dying.DiedAsync();
        }

        await using var host = await RegistryHost.StartAsync(_database, _home);
        using (var got = await host.GetAsync("/npm/team/left"))
            Assert.Equal(kept ? HttpStatusCode.OK : HttpStatusCode.NotFound, got.StatusCode);
        Assert.Empty(host.OnDisk().Unfinished);
        await host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        await host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Equal(kept ? 1 : 0, host.OnDisk().Whole.Count);
        using (var again = await host.PutAsync("/npm/team/left", body)) Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        var package = (await host.Client.GetFromJsonAsync<JsonNode>("/npm/team/left"))!;
        var tarball = await host.Client.GetByteArrayAsync("/npm/team/left/-/left-1.0.0.tgz");
        Assert.Equal((string?)package["versions"]!["1.0.0"]!["dist"]!["integrity"], TestTarball.Integrity(tarball));
    }

    [Fact]
    public async Task what_has_no_room_is_refused_in_words_and_leaves_nothing()
    {
        await using (var host = await RegistryHost.StartAsync(_database, _home))
        {
            await host.DefineAsync("team", quota: 2000, format: "npm");
            var large = TestTarball.Body("left", "1.0.0", tarball: TestTarball.Of(
                ("package/package.json", """{"name":"left","version":"1.0.0"}"""),
                ("package/x", Convert.ToHexString(RandomNumberGenerator.GetBytes(5000)))));
            using var answer = await host.PutAsync("/npm/team/left", large.ToJsonString());
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "upload/too-large"), await answer.ProblemAsync());
            Assert.Contains("room", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]);
            Assert.Empty(host.OnDisk().Unfinished);
            Assert.Empty(host.OnDisk().Whole);
        }

        await using var full = await RegistryHost.StartAsync(_database, _home, ("Auxo:Disk:MinFreeBytes", (1L << 60).ToString()));
        using var refused = await full.PutAsync("/npm/team/left", TestTarball.Body("left", "1.0.0").ToJsonString());
        Assert.Equal((HttpStatusCode.InsufficientStorage, "disk/full"), await refused.ProblemAsync());
        Assert.Contains("free", (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<string> TokenAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        return await AccessToken.CreateAsync(source, "test", [AccessToken.Admin], null, CancellationToken.None);
    }
}
