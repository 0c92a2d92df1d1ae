using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.PyPi;

/// <summary>What pip gets of an upstream: another registry of ours, or one that lies.</summary>
public sealed class MirrorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Json = "application/vnd.pypi.simple.v1+json";
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly ManualTime _time = new();
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
        => _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Path.Combine(_home, "mirror"),
            services => services.AddSingleton<TimeProvider>(_time), ("Auxo:Egress:Allow", "127.0.0.1"));

    [Fact]
    public async Task what_another_registry_has_is_installed_through_the_mirror_also_when_that_one_is_gone()
    {
        Assert.SkipUnless(Tool.IsThere("python3"), "python3 is not installed.");
        var upstream = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_home, "upstream"),
            services => services.AddSingleton<TimeProvider>(_time));
        await using (upstream)
        {
            await upstream.DefineAsync("py", format: "pypi", anonymousRead: true);
            foreach (var file in ((string, byte[])[])[Distributions.Wheel("Auxo.Demo", "1.0"), Distributions.Source("Auxo.Demo", "1.0"),
                Distributions.Wheel("Auxo.Demo", "1.1")])
                (await upstream.UploadAsync(file)).Dispose();
            await _host.DefineAsync("mirror", format: "pypi", upstream: $"{upstream.Address}pypi/py/simple/", cooldownDays: 0);
            var theirs = JsonNode.Parse(await upstream.Client.GetStringAsync($"/pypi/py/simple/auxo-demo/?format={Json}"));
            var ours = await PageAsync();
            Assert.True(JsonNode.DeepEquals(theirs, ours), ours.ToString());
            await InstallAsync("first");
        }

        await InstallAsync("second");
        var wheel = await _host.Client.GetByteArrayAsync("/pypi/mirror/files/auxo-demo/auxo_demo-1.1-py3-none-any.whl");
        Assert.Equal(Distributions.Wheel("Auxo.Demo", "1.1").Content.Length, wheel.Length);
        using var other = await _host.GetAsync("/pypi/mirror/files/auxo-demo/auxo_demo-1.0-py3-none-any.whl");
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await other.ProblemAsync());
        using var unknown = await _host.GetAsync("/pypi/mirror/simple/other/");
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await unknown.ProblemAsync());
    }

    [Fact]
    public async Task what_is_too_young_or_came_after_the_moment_that_was_asked_for_is_not_offered()
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        upstream.Answer = http => PageAsync(http, ("1.0", _time.GetUtcNow().AddDays(-100)), ("1.1", _time.GetUtcNow().AddDays(-10)),
            ("1.2", _time.GetUtcNow().AddDays(-1)), ("1.3", null));
        await _host.DefineAsync("mirror", format: "pypi", upstream: upstream.Address + "/simple", cooldownDays: 3);
        Assert.Equal("1.0 1.1 1.3", await VersionsAsync());
        using var young = await _host.GetAsync("/pypi/mirror/files/auxo-demo/auxo_demo-1.2.tar.gz");
        Assert.Equal((HttpStatusCode.NotFound, "file/not-found"), await young.ProblemAsync());
        Assert.Equal("1.0 1.3", await VersionsAsync($"mirror@{_time.GetUtcNow().AddDays(-9):yyyy-MM-dd}"));
        await _host.DefineAsync("mirror", cooldownDays: 0, upstream: upstream.Address + "/simple", format: "pypi");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("1.0 1.1 1.2 1.3", await VersionsAsync());
    }

    [Fact]
    public async Task a_name_that_is_ours_is_never_asked_upstream()
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        upstream.Answer = static http => PageAsync(http, ("99.0", null));
        await _host.DefineAsync("mirror", format: "pypi", upstream: upstream.Address + "/simple/", cooldownDays: 0);
        (await _host.UploadAsync(Distributions.Wheel("Auxo.Demo", "1.0"), "mirror")).Dispose();
        Assert.Equal("1.0", await VersionsAsync());
        using var theirs = await _host.GetAsync("/pypi/mirror/files/auxo-demo/auxo_demo-99.0.tar.gz");
        Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
        // It stays ours when all of it was removed.
        (await _host.SendAsync(HttpMethod.Delete, "/pypi/mirror/projects/auxo-demo/1.0")).Dispose();
        using var gone = await _host.GetAsync("/pypi/mirror/simple/auxo-demo/");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Empty(upstream.Asked);
    }

    [Fact]
    public async Task an_upstream_that_lies_is_believed_nothing()
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        upstream.Answer = static http => http.Request.Path.Value!.EndsWith('/')
            ? PageAsync(http, ("1.0", null))
            : http.Response.Body.WriteAsync("other bytes"u8.ToArray()).AsTask();
        await _host.DefineAsync("mirror", format: "pypi", upstream: upstream.Address + "/simple/", cooldownDays: 0);
        foreach (var file in (string[])["auxo_demo-1.0.tar.gz", "auxo_demo-1.0.tar.gz"])
        {
            using var answer = await _host.GetAsync($"/pypi/mirror/files/auxo-demo/{file}");
            Assert.Equal((HttpStatusCode.BadGateway, "mirror/changed"), await answer.ProblemAsync());
        }

        // What it does not list is not asked for, whatever it would answer.
        using var metadata = await _host.GetAsync("/pypi/mirror/files/auxo-demo/auxo_demo-1.0.tar.gz.metadata");
        Assert.Equal(HttpStatusCode.NotFound, metadata.StatusCode);
        using var unlisted = await _host.GetAsync("/pypi/mirror/files/auxo-demo/auxo_demo-2.0.tar.gz");
        Assert.Equal(HttpStatusCode.NotFound, unlisted.StatusCode);
        Assert.DoesNotContain(upstream.Asked, static a => a.Path.Contains("2.0")
            || a.Path.EndsWith(".metadata", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_page_of_nonsense_offers_nothing_harmful()
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        await _host.DefineAsync("mirror", format: "pypi", upstream: upstream.Address + "/simple/", cooldownDays: 0);
        foreach (var nonsense in (string[])["<html></html>", "{}", "[]", """{"files":{}}""", new string('[', 5000)])
        {
            upstream.Answer = http => http.Response.WriteAsync(nonsense);
            using var answer = await _host.GetAsync($"/pypi/mirror/simple/auxo-demo/?format={Json}");
            Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await answer.ProblemAsync());
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        upstream.Answer = http => http.Response.WriteAsync("""
            {"files":[{},5,null,{"filename":"../evil-1.0.tar.gz","url":"x","hashes":{"sha256":"A"}},
             {"filename":"demo-1.0.tar.gz","url":"file:///etc/passwd","hashes":{"sha256":"A"}},
             {"filename":"demo-1.1.tar.gz","url":"x","hashes":{"md5":"00"}},
             {"filename":"demo-1.2.exe","url":"x","hashes":{"sha256":"A"}},
             {"filename":"demo-1.3.tar.gz","url":"x","hashes":{"sha256":"A"},"size":"big","upload-time":"now","yanked":7,
              "core-metadata":true}],
             "versions":["1.0","1.3",7,"evil<script>"]}
            """.Replace("\"A\"", $"\"{new string('a', 64)}\"", StringComparison.Ordinal));
        Assert.Equal("1.3", await VersionsAsync());
        Assert.Equal("demo-1.3.tar.gz", (string)Assert.Single((await PageAsync())["files"]!.AsArray())!["filename"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static Task PageAsync(HttpContext http, params (string Version, DateTimeOffset? At)[] releases)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("the right bytes")));
        http.Response.ContentType = Json;
        return http.Response.WriteAsync(new JsonObject
        {
            ["meta"] = new JsonObject { ["api-version"] = "1.1" }, ["name"] = "auxo-demo",
            ["versions"] = new JsonArray([.. releases.Select(static r => (JsonNode)r.Version)]),
            ["files"] = new JsonArray([.. releases.Select(r => (JsonNode)new JsonObject
            {
                ["filename"] = $"auxo_demo-{r.Version}.tar.gz", ["url"] = $"/files/auxo_demo-{r.Version}.tar.gz",
                ["hashes"] = new JsonObject { ["sha256"] = sha256 }, ["upload-time"] = r.At?.ToString("O"),
            })]),
        }.ToJsonString());
    }

    private async Task InstallAsync(string folder)
    {
        var client = new RealClient(_home, ("PIP_NO_CACHE_DIR", "1"), ("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("PIP_NO_INPUT", "1"));
        (await client.RunAsync("python3", _home, "-m", "pip", "install", "auxo-demo", "--target", folder, "--index-url",
            $"http://__token__:{_host.Token}@{_host.Address.Authority}/pypi/mirror/simple/")).Well();
        Assert.True(Directory.Exists(Path.Combine(_home, folder, "auxo_demo-1.1.dist-info")));
    }

    private async Task<string> VersionsAsync(string repository = "mirror")
        => string.Join(' ', (await PageAsync(repository))["versions"]!.AsArray().Select(static v => (string)v!));

    private async Task<JsonNode> PageAsync(string repository = "mirror")
        => JsonNode.Parse(await _host.Client.GetStringAsync($"/pypi/{repository}/simple/auxo-demo/?format={Json}"))!;
}
