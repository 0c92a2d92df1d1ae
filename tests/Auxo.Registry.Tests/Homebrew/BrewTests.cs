using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Homebrew;
using Auxo.Registry.Repositories;
using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Homebrew;

/// <summary>
/// What brew asks, as its scripts call curl (Homebrew/brew of August 2026: <c>cmd/update.sh</c>, <c>utils/curl.rb</c>,
/// <c>curl_github_packages_download_strategy.rb</c>); brew itself is not run.
/// </summary>
public sealed class BrewTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Packages = "internal/packages.x86_64_linux.jws.json";
    private const string Index = "application/vnd.oci.image.index.v1+json";
    private static readonly byte[] Bottle = Encoding.UTF8.GetBytes("a bottle of jq");
    private static readonly string BottleDigest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Bottle));
    private readonly ManualTime _time = new();
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-brew-").FullName;
    private UpstreamStandIn _upstream = null!;
    private RegistryHost _host = null!;

    private string Bottles => $"{_host.Address}brew/brew/bottles/v2/homebrew/core";

    public async ValueTask InitializeAsync()
    {
        _upstream = await UpstreamStandIn.StartAsync();
        _upstream.Answer = AnswerAsync;
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_home, "auxo"),
            s => s.AddSingleton<TimeProvider>(_time), ("Auxo:Egress:Allow", "127.0.0.1"));
        await _host.DefineAsync("brew", format: "brew", upstream: _upstream.Address + "/api");
    }

    [Fact]
    public async Task what_brew_asked_once_is_there_when_upstream_is_gone()
    {
        Assert.SkipUnless(Tool.IsThere("curl"), "curl is not installed.");
        for (var round = 0; round < 2; round++)
        {
            (await UpdateAsync("api.json")).Well();
            Assert.Equal("{\"payload\":\"…\",\"signatures\":[]}", Read("api.json"));
            (await DownloadAsync($"{Bottles}/jq/manifests/1.8.1", "manifest.json", $"Accept: {Index}")).Well();
            Assert.Equal(BottleDigest, "sha256:" + (string)JsonNode.Parse(Read("manifest.json"))!["manifests"]![0]!["annotations"]![
                "sh.brew.bottle.digest"]!);
            // A formula with '@' in its name has one part more, and a bottle that was cut is gone on with.
            (await DownloadAsync($"{Bottles}/openssl/3/blobs/{BottleDigest}", "bottle")).Well();
            File.WriteAllText(Path.Combine(_home, "bottle"), "a bottle");
            (await DownloadAsync($"{Bottles}/openssl/3/blobs/{BottleDigest}", "bottle", "Accept: */*", "--continue-at", "-")).Well();
            Assert.Equal(Bottle, File.ReadAllBytes(Path.Combine(_home, "bottle")));
            foreach (var file in (string[])["api.json", "manifest.json", "bottle"]) File.Delete(Path.Combine(_home, file));
            if (round == 0) await _upstream.DisposeAsync();
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, _upstream.Asked.Count(static a => a.Path.Contains("/blobs/", StringComparison.Ordinal)
            && a.Headers.Authorization == "Bearer for-anybody"));
        // What the client says is for us alone.
        Assert.DoesNotContain(_upstream.Asked, a => a.Headers.Authorization.ToString().Contains(_host.Token, StringComparison.Ordinal)
            || a.Headers.UserAgent.ToString().Contains("Homebrew", StringComparison.Ordinal));
        (await DownloadAsync($"{Bottles}/wget/manifests/1.25", "none", $"Accept: {Index}")).Badly("502");
    }

    [Fact]
    public async Task brew_asks_the_api_for_what_is_newer_than_its_own()
    {
        Assert.SkipUnless(Tool.IsThere("curl"), "curl is not installed.");
        (await UpdateAsync("api.json")).Well();
        var had = File.GetLastWriteTimeUtc(Path.Combine(_home, "api.json"));
        Assert.Equal(_time.GetUtcNow().UtcDateTime, had);
        var again = await UpdateAsync("api.json", "--time-cond", Path.Combine(_home, "api.json"), "--write-out", "%{http_code}");
        Assert.Equal("304", again.Well().Said);
        Assert.Equal(had, File.GetLastWriteTimeUtc(Path.Combine(_home, "api.json")));
        Assert.Equal("{\"payload\":\"…\",\"signatures\":[]}", Read("api.json"));
    }

    [Fact]
    public async Task a_bottle_of_other_bytes_is_not_handed_out()
    {
        _upstream.Answer = http => http.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal)
            ? http.Response.WriteAsync("another bottle") : AnswerAsync(http);
        using var answer = await _host.GetAsync($"/brew/brew/bottles/v2/homebrew/core/jq/blobs/{BottleDigest}");
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/changed"), await answer.ProblemAsync());
        Assert.Empty(_host.OnDisk().Whole);
    }

    [Theory]
    [InlineData("api/../x", HttpStatusCode.NotFound)]
    [InlineData("api/%2e%2e/x", HttpStatusCode.NotFound)]
    [InlineData("api/a%2fb", HttpStatusCode.BadRequest)]
    [InlineData("api/none.json", HttpStatusCode.NotFound)]
    [InlineData("bottles/v2/homebrew/core/jq/blobs/sha256:00", HttpStatusCode.NotFound)]
    [InlineData("bottles/v2/homebrew/core/jq/tags/list", HttpStatusCode.NotFound)]
    [InlineData("bottles/v2/homebrew/core/JQ/manifests/1", HttpStatusCode.NotFound)]
    [InlineData("bottles/v2/homebrew/core/jq/manifests/a%20b", HttpStatusCode.NotFound)]
    [InlineData("bottles/v2/manifests/1", HttpStatusCode.NotFound)]
    [InlineData("bottles/homebrew/core/jq/manifests/1", HttpStatusCode.NotFound)]
    public async Task what_is_none_is_refused(string path, HttpStatusCode status)
    {
        using var answer = await _host.GetAsync($"/brew/brew/{path}");
        Assert.Equal(status, answer.StatusCode);
        Assert.DoesNotContain(_upstream.Asked, static a => a.Path != "/api/none.json");
    }

    [Fact]
    public async Task without_a_token_nothing_is_handed_out_unless_everybody_may_read()
    {
        using var stranger = new HttpClient { BaseAddress = _host.Address };
        foreach (var path in (string[])[$"brew/brew/api/{Packages}", $"brew/brew/bottles/v2/homebrew/core/jq/blobs/{BottleDigest}"])
        {
            using var answer = await stranger.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Empty(_upstream.Asked);
    }

    [Theory]
    [InlineData("https://formulae.brew.sh/api", "https://ghcr.io")]
    [InlineData("https://formulae.brew.sh/api/", "https://ghcr.io")]
    [InlineData("https://mirror.example:8443/homebrew/api", "https://mirror.example:8443")]
    public void the_bottles_are_where_homebrew_has_them_or_beside_the_api(string upstream, string bottles)
        => Assert.Equal(bottles, BrewUpstream.Bottles(new MirrorSettings(upstream, 0, [], 7)));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>The API, and a registry of images that gives a token to everybody who asks.</summary>
    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (path == $"/api/{Packages}") await http.Response.WriteAsync("{\"payload\":\"…\",\"signatures\":[]}");
        else if (path == "/token") await http.Response.WriteAsync("""{"token":"for-anybody"}""");
        else if (!path.StartsWith("/v2/", StringComparison.Ordinal)) http.Response.StatusCode = 404;
        else if (http.Request.Headers.Authorization != "Bearer for-anybody")
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate =
                $"Bearer realm=\"{_upstream.Address}/token\",service=\"images\",scope=\"repository:{path}:pull\"";
        }
        else if (path == "/v2/homebrew/core/jq/manifests/1.8.1")
        {
            http.Response.ContentType = Index;
            await http.Response.WriteAsync($$$"""
                {"schemaVersion":2,"mediaType":"{{{Index}}}","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "digest":"sha256:{{{new string('a', 64)}}}","size":2,"annotations":{
                 "org.opencontainers.image.ref.name":"1.8.1.x86_64_linux",
                 "sh.brew.bottle.digest":"{{{BottleDigest[7..]}}}"}}]}
                """);
        }
        else if (path == $"/v2/homebrew/core/openssl/3/blobs/{BottleDigest}") await http.Response.Body.WriteAsync(Bottle);
        else http.Response.StatusCode = 404;
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_home, file));

    /// <summary>As <c>brew update</c> asks: the token is in the address that <c>auxo registry setup brew</c> wrote.</summary>
    private Task<ClientAnswer> UpdateAsync(string file, params string[] more)
        => new RealClient(_home).RunAsync("curl", _home, ["-q", "--fail", "--compressed", "--silent", "--speed-limit", "100",
            "--speed-time", "5", "--location", "--remote-time", "--output", Path.Combine(_home, file), .. more, "--user-agent",
            "Homebrew/5.1.0 (Linux; x86_64) curl/7.88.1",
            $"http://auxo:{_host.Token}@{_host.Address.Authority}/brew/brew/api/{Packages}"]);

    /// <summary>As <c>brew install</c> asks for a manifest or a bottle.</summary>
    private Task<ClientAnswer> DownloadAsync(string address, string file, string accept = "Accept: */*", params string[] more)
        => new RealClient(_home).RunAsync("curl", _home, ["--disable", "--cookie", "/dev/null", "--globoff", "--show-error",
            "--user-agent", "Homebrew/5.1.0 (Linux; x86_64) curl/7.88.1", "--header", "Accept-Language: en", "--fail",
            "--progress-bar", "--silent", "--retry", "0", "--remote-time", "--output", Path.Combine(_home, file), .. more, "--location",
            "--header", $"Authorization: Bearer {_host.Token}", "--header", accept, address]);
}
