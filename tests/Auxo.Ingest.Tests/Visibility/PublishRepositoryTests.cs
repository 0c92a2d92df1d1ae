using System.Net;
using System.Text.Json.Nodes;

using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Ingest.Tests.Visibility;

public sealed class PublishRepositoryTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly RadicleTestKey _alice = new("alice");
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-public-").FullName;
    private IngestHost _host = null!;
    private RadicleStorage _storage = null!;

    public async ValueTask InitializeAsync()
    {
        var home = Path.Combine(_folder, "home");
        _host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), home);
        _storage = await RadicleStorage.CreateAsync(
            Path.Combine(home, "storage"), "demo", _alice,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["README"] = "Hello\n" });
        await _host.TrackAsync(_storage.Rid);
    }

    [Fact]
    public async Task what_radicle_keeps_private_is_not_made_public()
    {
        using var answer = await _host.Client.PutAsync($"/repositories/{_storage.Rid}/public", content: null);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("auxo:repository/private", (string)problem["type"]!);
        Assert.Contains("rad publish", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"/repositories/{_storage.Rid}"));
    }

    [Fact]
    public async Task everybody_reads_a_public_repository_and_nothing_of_this_machine()
    {
        _storage.SetVisibility(_alice, isPublic: true);
        Assert.True((bool)(await PutAsync())["isPublic"]!);
        var text = await _host.Anonymous.GetStringAsync($"/repositories/{_storage.Rid}");
        Assert.Equal("demo", (string)JsonNode.Parse(text)!["name"]!);
        Assert.DoesNotContain(_folder, text, StringComparison.Ordinal);
        Assert.DoesNotContain("hooks/radicle", text, StringComparison.Ordinal);
        foreach (var path in (string[])[$"/repositories/{_storage.Rid}/refs", $"/patches?rid={_storage.Rid}"])
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(path));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/repositories"));

        using var ended = await _host.Client.DeleteAsync($"/repositories/{_storage.Rid}/public");
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"/repositories/{_storage.Rid}"));
    }

    [Fact]
    public async Task a_repository_that_becomes_private_is_not_public_any_more()
    {
        _storage.SetVisibility(_alice, isPublic: true);
        await PutAsync();
        _storage.SetVisibility(_alice, isPublic: false);
        await _host.ScanAsync(_storage.Rid);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"/repositories/{_storage.Rid}"));
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from access.public_repositories"));
    }

    [Fact]
    public async Task what_is_followed_no_longer_is_not_public_any_more()
    {
        _storage.SetVisibility(_alice, isPublic: true);
        await PutAsync();
        using var ended = await _host.Client.DeleteAsync($"/repositories/{_storage.Rid}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from access.public_repositories"));
        using var again = await _host.Client.DeleteAsync($"/repositories/{_storage.Rid}/public");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    [Fact]
    public async Task what_is_not_tracked_is_not_made_public()
    {
        using var answer = await _host.Client.PutAsync("/repositories/rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5/public", content: null);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _alice.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonNode> PutAsync()
    {
        using var answer = await _host.Client.PutAsync($"/repositories/{_storage.Rid}/public", content: null);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _host.Anonymous.GetAsync(path);
        return answer.StatusCode;
    }
}
