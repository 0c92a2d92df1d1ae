using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Registry.Fetching;
using Auxo.Registry.Tests.Npm;
using Auxo.Registry.Tests.Oci;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Packages;

/// <summary>What is published, as a list.</summary>
public sealed class ListPackagesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);
        foreach (var format in (string[])["npm", "oci", "raw", "debian"]) await _host.DefineAsync(format, format: format);
    }

    [Fact]
    public async Task packages_have_their_latest_version_size_and_downloads()
    {
        Assert.Empty(await ListAsync("npm"));
        foreach (var body in (JsonObject[])[
            TestTarball.Body("left", "1.0.0"), TestTarball.Body("left", "1.1.0"), TestTarball.Body("@acme/pad", "2.0.0")])
            (await _host.PutAsync($"/npm/npm/{body["name"]}", body.ToJsonString())).EnsureSuccessStatusCode().Dispose();
        (await _host.PutAsync("/npm/npm/-/package/left/dist-tags/latest", "\"1.0.0\"", ("Content-Type", "application/json")))
            .EnsureSuccessStatusCode().Dispose();
        for (var time = 0; time < 3; time++) (await _host.GetAsync("/npm/npm/left/-/left-1.0.0.tgz")).EnsureSuccessStatusCode().Dispose();
        await _host.Get<FetchLog>().WrittenAsync(TestContext.Current.CancellationToken);

        var packages = await ListAsync("npm");
        Assert.Equal(["@acme/pad 2.0.0 1 0", "left 1.0.0 2 3"], packages.Select(Words));
        Assert.Equal(await _host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'npm'"),
            packages.Sum(static p => (long)p["sizeBytes"]!));
        Assert.Equal(["left 1.0.0 2 3"], (await ListAsync("npm", "?search=LEF")).Select(Words));
        Assert.Equal(["left 1.0.0 2 3"], (await ListAsync("npm", "?after=@acme/pad")).Select(Words));
        using var page = await _host.GetAsync("/repositories/npm/packages?limit=1");
        Assert.Equal("@acme/pad", (string?)(await page.Content.ReadFromJsonAsync<JsonNode>())!["next"]);
    }

    [Fact]
    public async Task images_have_tags_and_each_content_once()
    {
        await _host.PushAsync("oci/web", "v1", "layer");
        await _host.PushAsync("oci/web", "v2", "layer");
        await _host.PushAsync("oci", "latest", "another");
        await _host.PushAsync("oci", "later", "another");
        (await _host.GetAsync("/v2/oci/web/manifests/v2")).EnsureSuccessStatusCode().Dispose();
        (await _host.GetAsync($"/v2/oci/web/blobs/{Images.DigestOf("layer")}")).EnsureSuccessStatusCode().Dispose();
        await _host.Get<FetchLog>().WrittenAsync(TestContext.Current.CancellationToken);

        var images = await ListAsync("oci");
        Assert.Equal([" latest 2 0", "web v2 2 1"], images.Select(Words));
        Assert.Equal(["web v2 2 1"], (await ListAsync("oci", "?after=")).Select(Words));
        var manifest = await _host.ScalarAsync<long>("select max(size_bytes) from registry.oci_manifests");
        Assert.Equal(2 + "layer".Length + manifest, (long)images[1]["sizeBytes"]!);
    }

    [Theory]
    [InlineData("/repositories/none/packages", HttpStatusCode.NotFound, "repository/not-found")]
    [InlineData("/repositories/raw/packages", HttpStatusCode.BadRequest, "repository/no-packages")]
    [InlineData("/repositories/npm/packages?limit=0", HttpStatusCode.BadRequest, "request/invalid-limit")]
    [InlineData("/repositories/npm/packages?search=%00%25_&after=%00", HttpStatusCode.OK, null)]
    [InlineData("/repositories/debian/packages", HttpStatusCode.OK, null)]
    public async Task what_has_no_packages_says_so(string path, HttpStatusCode status, string? type)
    {
        using var answer = await _host.GetAsync(path);
        Assert.Equal((status, type), await answer.ProblemAsync());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<List<JsonNode>> ListAsync(string repository, string query = "")
    {
        using var answer = await _host.GetAsync($"/repositories/{repository}/packages{query}");
        return [.. (await answer.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.AsArray().Select(static n => n!)];
    }

    private static string Words(JsonNode p) => $"{p["name"]} {p["latest"]} {p["versions"]} {p["downloads"]}";
}
