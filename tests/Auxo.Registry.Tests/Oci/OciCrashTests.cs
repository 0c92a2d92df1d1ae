using System.Net;
using System.Net.Http.Headers;
using System.Text;

using Auxo.Registry.Blobs;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Npgsql;

namespace Auxo.Registry.Tests.Oci;

/// <summary>The service dies in the middle of a push and is started again: what was answered is there, and the push goes on.</summary>
public sealed class OciCrashTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Content = "first second";
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private string _database = null!;
    private string _token = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await using var host = await RegistryHost.StartAsync(_database, _home);
        await host.DefineAsync("app", format: "oci");
        await using var source = NpgsqlDataSource.Create(_database);
        _token = await AccessToken.CreateAsync(source, "test", [AccessToken.Admin], null, CancellationToken.None);
    }

    [Theory]
    [InlineData("registry.oci.chunk_synced", 6)]
    [InlineData("registry.oci.chunk_kept", 12)]
    public async Task an_upload_goes_on_from_what_is_durable(string point, int durable)
    {
        string at;
        await using (var host = await RegistryHost.StartAsync(_database, _home))
        {
            at = await host.BeginAsync("app/web");
            (await host.SendContentAsync(HttpMethod.Patch, at, Bytes(Content[..6]))).Dispose();
        }

        await DieAsync(point, client => client.PatchAsync(at, new ByteArrayContent(Bytes(Content[6..]))));
        await using var again = await RegistryHost.StartAsync(_database, _home);
        using (var shown = await again.GetAsync(at)) Assert.Equal($"0-{durable - 1}", shown.Header("Range"));
        using (var end = await again.SendContentAsync(
            HttpMethod.Put, $"{at}?digest={Images.DigestOf(Content)}", Bytes(Content[durable..]))) Assert.Equal(HttpStatusCode.Created,
                end.StatusCode);
        Assert.Equal(Content, await again.Client.GetStringAsync($"/v2/app/web/blobs/{Images.DigestOf(Content)}"));
    }

    [Theory]
    [InlineData("registry.oci.received", false)]
    [InlineData("registry.blob.pinned", false)]
    [InlineData("registry.blob.moved", false)]
    [InlineData("registry.oci.blob_kept", false)]
    [InlineData("registry.oci.blob_linked", true)]
    public async Task a_blob_is_there_whole_or_not_at_all_and_can_be_sent_again(string point, bool kept)
    {
        string at;
        await using (var host = await RegistryHost.StartAsync(_database, _home)) at = await host.BeginAsync("app/web");
        await DieAsync(point, client => client.PutAsync($"{at}?digest={Images.DigestOf(Content)}", new ByteArrayContent(Bytes(Content))));
        await using var again = await RegistryHost.StartAsync(_database, _home);
        using (var got = await again.GetAsync($"/v2/app/web/blobs/{Images.DigestOf(Content)}"))
            Assert.Equal(kept ? HttpStatusCode.OK : HttpStatusCode.NotFound, got.StatusCode);
        await again.PushBlobAsync("app/web", Bytes(Content));
        Assert.Equal(Content, await again.Client.GetStringAsync($"/v2/app/web/blobs/{Images.DigestOf(Content)}"));
        Assert.Equal((long)Content.Length, await again.ScalarAsync<long>("select used_bytes from registry.repositories"));
        await again.ExecuteAsync("update registry.oci_uploads set changed_at = '-infinity'");
        await again.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Empty(Directory.GetFiles(Path.Combine(_home, "blobs", "registry", "uploads")));
        Assert.Empty(again.OnDisk().Unfinished);
        Assert.Single(again.OnDisk().Whole);
    }

    [Theory]
    [InlineData("registry.oci.manifest_before_commit", false)]
    [InlineData("registry.oci.manifest_committed", true)]
    public async Task a_tag_means_the_manifest_or_nothing_and_is_told_once(string point, bool kept)
    {
        var manifest = Images.Of("{}"u8.ToArray(), Bytes(Content)).ToJsonString();
        await using (var host = await RegistryHost.StartAsync(_database, _home))
        {
            await host.PushBlobAsync("app/web", "{}"u8.ToArray());
            await host.PushBlobAsync("app/web", Bytes(Content));
        }

        await DieAsync(point, client =>
        {
            var body = new ByteArrayContent(Bytes(manifest));
            body.Headers.ContentType = new MediaTypeHeaderValue(Images.Manifest);
            return client.PutAsync("/v2/app/web/manifests/v1", body);
        });
        await using var again = await RegistryHost.StartAsync(_database, _home);
        using (var got = await again.GetAsync("/v2/app/web/manifests/v1"))
            Assert.Equal(kept ? HttpStatusCode.OK : HttpStatusCode.NotFound, got.StatusCode);
        using (var put = await again.PutManifestAsync("app/web", "v1", manifest)) Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(manifest, await again.Client.GetStringAsync("/v2/app/web/manifests/v1"));
        Assert.Equal(2L, await again.ScalarAsync<long>("select count(*) from registry.mt_events where stream_id = 'image/app/web'"));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task DieAsync(string point, Func<HttpClient, Task<HttpResponseMessage>> request)
    {
        await using var dying = await ServiceProcess.StartAsync(
            "registry", _database, point, ("AUXO_HOME", _home), ("services__pipeline__http__0", "http://127.0.0.1:9"));
        using var client = new HttpClient { BaseAddress = dying.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        await Assert.ThrowsAsync<HttpRequestException>(() => request(client));
        await dying.DiedAsync();
    }
}
