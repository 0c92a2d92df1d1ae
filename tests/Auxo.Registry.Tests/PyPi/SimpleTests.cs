using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Registry.Tests.PyPi;

public sealed class SimpleTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Json = "application/vnd.pypi.simple.v1+json";
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("py", format: "pypi");
        foreach (var file in ((string, byte[])[])[
            Distributions.Wheel("Auxo.Demo", "1.10"), Distributions.Wheel("Auxo.Demo", "1.9"), Distributions.Source("Auxo.Demo", "1.9"),
            Distributions.Wheel("Auxo.Demo", "2.0rc1"), Distributions.Wheel("other", "1.0")])
            (await _host.UploadAsync(file)).Dispose();
    }

    [Fact]
    public async Task a_project_is_one_document_in_the_form_that_was_asked_for()
    {
        var project = await PageAsync();
        Assert.Equal(("1.4", "auxo-demo"), ((string)project["meta"]!["api-version"]!, (string)project["name"]!));
        Assert.Equal(["1.9", "1.10", "2.0rc1"], project["versions"]!.AsArray().Select(static v => (string)v!));
        Assert.Equal(["auxo_demo-1.9-py3-none-any.whl", "auxo_demo-1.9.tar.gz", "auxo_demo-1.10-py3-none-any.whl",
            "auxo_demo-2.0rc1-py3-none-any.whl"], project["files"]!.AsArray().Select(static f => (string)f!["filename"]!));
        foreach (var file in project["files"]!.AsArray())
        {
            var at = new Uri(new Uri(_host.Address, "/pypi/py/simple/auxo-demo/"), (string)file!["url"]!);
            var bytes = await _host.Client.GetByteArrayAsync(at);
            Assert.Equal((int)file["size"]!, bytes.Length);
            Assert.Equal((string)file["hashes"]!["sha256"]!, Sha256(bytes));
            Assert.Equal(">=3.8", (string)file["requires-python"]!);
            if (file["core-metadata"] is JsonObject metadata)
                Assert.Equal((string)metadata["sha256"]!, Sha256(await _host.Client.GetByteArrayAsync(at + ".metadata")));
            else Assert.EndsWith(".tar.gz", (string)file["filename"]!, StringComparison.Ordinal);
        }

        using var html = await _host.GetAsync("/pypi/py/simple/auxo-demo/");
        Assert.Equal(("text/html", "Accept, Accept-Encoding"),
            (html.Content.Headers.ContentType!.MediaType, string.Join(", ", html.Headers.Vary)));
        Assert.Contains("auxo_demo-1.9.tar.gz</a>", await html.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var none = await _host.GetAsync("/pypi/py/simple/auxo-demo/", ("Accept", "image/png"));
        Assert.Equal((HttpStatusCode.NotAcceptable, "request/not-acceptable"), await none.ProblemAsync());
    }

    [Fact]
    public async Task who_has_it_is_told_so_and_any_change_is_seen_at_once()
    {
        using var first = await _host.GetAsync("/pypi/py/simple/auxo-demo/", ("Accept", Json));
        var tag = first.Headers.ETag!.Tag;
        using var same = await _host.GetAsync("/pypi/py/simple/auxo-demo/", ("Accept", Json), ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        (await _host.UploadAsync(Distributions.Wheel("Auxo.Demo", "3.0"))).Dispose();
        using var changed = await _host.GetAsync("/pypi/py/simple/auxo-demo/", ("Accept", Json), ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Contains("\"3.0\"", await changed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task every_spelling_leads_to_the_one_address()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", _host.Token);
        foreach (var (asked, there) in ((string, string)[])[
            ("/pypi/py/simple/Auxo.Demo/", "/pypi/py/simple/auxo-demo/"), ("/pypi/py/simple/auxo-demo", "/pypi/py/simple/auxo-demo/"),
            ("/pypi/py/simple/AUXO__demo?format=x", "/pypi/py/simple/auxo-demo/?format=x"), ("/pypi/py/simple", "/pypi/py/simple/")])
        {
            using var answer = await client.GetAsync(asked);
            Assert.Equal((HttpStatusCode.PermanentRedirect, there), (answer.StatusCode, answer.Headers.Location!.ToString()));
        }
    }

    [Fact]
    public async Task what_is_not_there_is_not_found()
    {
        foreach (var path in (string[])[
            "simple/nothing/", "simple/..%2f/", "simple/a%00b/", "simple/%D0%B0uxo-demo/", "simple/-/",
            "files/auxo-demo/nothing-1.0.tar.gz", "files/other/auxo_demo-1.9.tar.gz", "files/auxo-demo/..%2f..%2fsecret",
            "files/auxo-demo/auxo_demo-1.9.tar.gz.metadata", "files/auxo-demo/a%00b"])
        {
            foreach (var repository in (string[])["py", "other"])
            {
                using var answer = await _host.GetAsync($"/pypi/{repository}/{path}");
                Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{path} {answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task a_name_of_1000_characters_is_not_found()
    {
        using var answer = await _host.GetAsync($"/pypi/py/simple/{new string('a', 1000)}/");
        Assert.Equal((HttpStatusCode.NotFound, "package/invalid-name"), await answer.ProblemAsync());
    }

    [Fact]
    public async Task all_projects_are_listed()
    {
        using var answer = await _host.GetAsync("/pypi/py/simple/", ("Accept", Json));
        Assert.Equal("""{"meta":{"api-version":"1.4"},"projects":[{"name":"auxo-demo"},{"name":"other"}]}""",
            await answer.Content.ReadAsStringAsync());
        (await _host.UploadAsync(Distributions.Wheel("third", "1.0"))).Dispose();
        using var html = await _host.GetAsync("/pypi/py/simple/");
        Assert.Contains("<a href=\"third/\">", await html.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_release_is_yanked_with_a_reason_and_unyanked()
    {
        using var yanked = await _host.Client.PutAsJsonAsync("/pypi/py/projects/auxo.demo/1.9.0/yanked", new { reason = "breaks \"x\"" });
        Assert.Equal(HttpStatusCode.NoContent, yanked.StatusCode);
        Assert.Equal(["breaks \"x\"", "breaks \"x\"", "false", "false"],
            (await PageAsync())["files"]!.AsArray().Select(static f => f!["yanked"]!.ToString()));
        using var bare = await _host.SendAsync(HttpMethod.Put, "/pypi/py/projects/auxo-demo/1.10/yanked");
        Assert.Equal(HttpStatusCode.NoContent, bare.StatusCode);
        Assert.Equal("true", (await PageAsync())["files"]![2]!["yanked"]!.ToString());
        using var back = await _host.SendAsync(HttpMethod.Delete, "/pypi/py/projects/auxo-demo/1.9/yanked");
        Assert.Equal(HttpStatusCode.NoContent, back.StatusCode);
        Assert.Equal("false", (await PageAsync())["files"]![0]!["yanked"]!.ToString());
        using var unknown = await _host.SendAsync(HttpMethod.Delete, "/pypi/py/projects/auxo-demo/7/yanked");
        Assert.Equal((HttpStatusCode.NotFound, "package/not-found"), await unknown.ProblemAsync());
        using var lines = await _host.Client.PutAsJsonAsync("/pypi/py/projects/auxo.demo/1.9.0/yanked", new { reason = "a\nb" });
        Assert.Equal((HttpStatusCode.BadRequest, "package/invalid-reason"), await lines.ProblemAsync());
    }

    [Fact]
    public async Task a_repository_is_seen_as_it_stood()
    {
        await _host.ExecuteAsync("update registry.package_files set stored_at = '2026-01-15T12:00:00Z' where file like 'auxo_demo-1.9%'");
        var then = await PageAsync("py@2026-01-15");
        Assert.Equal(["1.9"], then["versions"]!.AsArray().Select(static v => (string)v!));
        using var before = await _host.GetAsync("/pypi/py@2026-01-14/simple/auxo-demo/");
        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        using var nonsense = await _host.GetAsync("/pypi/py@yesterday/simple/auxo-demo/");
        Assert.False(nonsense.IsSuccessStatusCode);
        Assert.Equal(3, (await PageAsync())["versions"]!.AsArray().Count);
    }

    [Fact]
    public async Task reading_needs_a_token_unless_the_repository_is_open()
    {
        using var stranger = new HttpClient { BaseAddress = _host.Address };
        foreach (var path in (string[])["simple/", "simple/auxo-demo/", "files/auxo-demo/auxo_demo-1.9.tar.gz"])
        {
            using var closed = await stranger.GetAsync($"/pypi/py/{path}");
            Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
            Assert.Contains("Basic", closed.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        await _host.DefineAsync("py", anonymousRead: true);
        foreach (var path in (string[])["simple/", "simple/auxo-demo/", "files/auxo-demo/auxo_demo-1.9.tar.gz"])
            Assert.NotEmpty(await stranger.GetByteArrayAsync($"/pypi/py/{path}"));
        using var upload = await _host.UploadAsync(Distributions.Wheel("new", "1.0"), token: "none");
        Assert.Equal(HttpStatusCode.Unauthorized, upload.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private async Task<JsonNode> PageAsync(string repository = "py")
    {
        using var answer = await _host.GetAsync($"/pypi/{repository}/simple/auxo-demo/", ("Accept", Json));
        Assert.Equal(Json, answer.Content.Headers.ContentType?.ToString());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
