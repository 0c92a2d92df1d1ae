using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.NuGet;

/// <summary>What dotnet gets of an upstream: another registry of ours, or one that lies.</summary>
public sealed class MirrorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly ManualTime _time = new();
    private readonly byte[] _right = Encoding.UTF8.GetBytes("the right bytes");
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
        => _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Path.Combine(_home, "mirror"),
            services => services.AddSingleton<TimeProvider>(_time), ("Auxo:Egress:Allow", "127.0.0.1"));

    [Fact]
    public async Task what_another_registry_has_is_served_under_our_addresses_and_stays_when_that_one_is_gone()
    {
        var package = Nupkgs.Of("Acme.Left", "1.0.0");
        var upstream = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_home, "upstream"),
            services => services.AddSingleton<TimeProvider>(_time));
        await using (upstream)
        {
            await upstream.DefineAsync("theirs", format: "nuget", anonymousRead: true);
            (await upstream.PushAsync(package, "/nuget/theirs/v3/push/")).Dispose();
            (await upstream.PushAsync(Nupkgs.Of("Acme.Left", "2.0.0-beta"), "/nuget/theirs/v3/push/")).Dispose();
            await _host.DefineAsync("mirror", format: "nuget", upstream: $"{upstream.Address}nuget/theirs/v3/index.json",
                cooldownDays: 0);
            var theirs = JsonNode.Parse((await upstream.Client.GetStringAsync("/nuget/theirs/v3/registration/acme.left/index.json"))
                .Replace($"{upstream.Address}nuget/theirs", $"{_host.Address}nuget/mirror", StringComparison.Ordinal))!;
            var ours = await JsonAsync("registration/acme.left/index.json");
            foreach (var (item, expected) in ours["items"]![0]!["items"]!.AsArray().Zip(theirs["items"]![0]!["items"]!.AsArray()))
            {
                // Whoever mirrors us asks for the package, and hashes it himself.
                foreach (var name in (string[])["packageHash",
                    "packageHashAlgorithm"]) expected!["catalogEntry"]!.AsObject().Remove(name);
                Assert.True(JsonNode.DeepEquals(expected, item), $"{expected}\n{item}");
            }

            Assert.Equal(package, await PackageAsync("1.0.0"));
            Assert.Contains("<id>Acme.Left</id>",
                await _host.Client.GetStringAsync("/nuget/mirror/v3/flat/acme.left/1.0.0/acme.left.nuspec"), StringComparison.Ordinal);
            // What changes upstream is seen after some minutes.
            (await upstream.SendAsync(HttpMethod.Delete, "/nuget/theirs/v3/push/acme.left/1.0.0")).Dispose();
            _time.Advance(TimeSpan.FromMinutes(6));
            var page = (await JsonAsync("registration/acme.left/index.json"))["items"]![0]!;
            Assert.False((bool)page["items"]![0]!["catalogEntry"]!["listed"]!);
        }

        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(package, await PackageAsync("1.0.0"));
        Assert.Equal("1.0.0 2.0.0-beta", await VersionsAsync());
        using var other = await _host.GetAsync("/nuget/mirror/v3/flat/other/index.json");
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await other.ProblemAsync());
    }

    [Fact]
    public async Task dotnet_restores_through_the_mirror()
    {
        Assert.SkipUnless(Tool.IsThere("dotnet"), "dotnet is not installed.");
        await using var upstream = await StartAsync(("1.0.0", -100, true), ("1.1.0", -1, true));
        upstream.Package = Nupkgs.Of("Acme.Left", "1.0.0");
        Directory.CreateDirectory(In("app"));
        foreach (var file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(In($"app/{file}"), "<Project />");
        await File.WriteAllTextAsync(In("app/app.csproj"),
            "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>"
                + "<ItemGroup><PackageReference Include=\"Acme.Left\" Version=\"1.*\" /></ItemGroup></Project>");
        await File.WriteAllTextAsync(In("nuget.config"), $"""
            <configuration>
              <packageSources><clear />
                <add key="m" value="{_host.Address}nuget/mirror/v3/index.json" allowInsecureConnections="true" />
              </packageSources>
              <packageSourceCredentials>
                <m><add key="Username" value="any" /><add key="ClearTextPassword" value="{_host.Token}" /></m>
              </packageSourceCredentials>
            </configuration>
            """);
        var client = new RealClient(_home, ("NUGET_PACKAGES", In("packages")), ("NUGET_HTTP_CACHE_PATH", In("http")),
            ("DOTNET_CLI_HOME", In("cli")),
            ("DOTNET_NOLOGO", "1"), ("DOTNET_SKIP_FIRST_TIME_EXPERIENCE", "1"), ("MSBUILDDISABLENODEREUSE", "1"),
                ("DOTNET_CLI_UI_LANGUAGE", "en"));
        var said = (await client.RunAsync("dotnet", In("app"), "restore")).Well().Said;
        // The newest is a day old; and what upstream knows to be wrong with the other one is passed on.
        Assert.True(Directory.Exists(In("packages/acme.left/1.0.0")), said);
        Assert.Contains("NU1903", said, StringComparison.Ordinal);
        Assert.Contains("https://example.org/advisory", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_too_young_or_hides_its_age_is_not_offered()
    {
        await using var upstream = await StartAsync(("1.0.0", -100, true), ("1.1.0", -10, true), ("1.2.0", -1, true),
            ("1.3.0", null, false),
            ("1.4.0", -50, false), ("1.5.0", -1, false));
        Assert.Equal("1.0.0 1.1.0 1.4.0", await VersionsAsync());
        Assert.Equal("1.0.0 1.4.0", await VersionsAsync($"mirror@{_time.GetUtcNow().AddDays(-20):yyyy-MM-dd}"));
        using var young = await _host.GetAsync("/nuget/mirror/v3/flat/acme.left/1.2.0/acme.left.1.2.0.nupkg");
        Assert.Equal((HttpStatusCode.NotFound, "file/not-found"), await young.ProblemAsync());
        Assert.DoesNotContain(upstream.Asked, static a => a.Path.EndsWith(".nupkg", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal("1.0.0 1.1.0 1.2.0 1.4.0 1.5.0", await VersionsAsync());
    }

    [Fact]
    public async Task a_package_that_is_not_what_the_catalog_says_is_neither_kept_nor_handed_out()
    {
        await using var upstream = await StartAsync(("1.0.0", -100, true));
        upstream.Package = "other bytes"u8.ToArray();
        foreach (var _ in (int[])[1, 2])
        {
            using var answer = await _host.GetAsync("/nuget/mirror/v3/flat/acme.left/1.0.0/acme.left.1.0.0.nupkg");
            Assert.Equal((HttpStatusCode.BadGateway, "mirror/changed"), await answer.ProblemAsync());
        }

        upstream.Package = _right;
        upstream.Hash = Convert.ToBase64String(SHA512.HashData(_right));
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(_right, await PackageAsync("1.0.0"));
    }

    [Fact]
    public async Task a_name_that_is_ours_is_never_asked_upstream()
    {
        await using var upstream = await StartAsync(("99.0.0", -100, true));
        (await _host.PushAsync(Nupkgs.Of("Acme.Left", "1.0.0"), "/nuget/mirror/v3/push/")).Dispose();
        Assert.Equal("1.0.0", await VersionsAsync());
        (await _host.SendAsync(HttpMethod.Delete, "/nuget/mirror/packages/acme.left/1.0.0")).Dispose();
        using var gone = await _host.GetAsync("/nuget/mirror/v3/flat/acme.left/index.json");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var theirs = await _host.GetAsync("/nuget/mirror/v3/flat/acme.left/99.0.0/acme.left.99.0.0.nupkg");
        Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
        Assert.Empty(upstream.Asked);
    }

    [Fact]
    public async Task documents_of_nonsense_offer_nothing()
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        await _host.DefineAsync("mirror", format: "nuget", upstream: upstream.Address + "/v3/index.json", cooldownDays: 0);
        foreach (var nonsense in (string[])["<html></html>", "{}", "[]",
            """{"resources":[5,{"@type":"PackageBaseAddress/3.0.0","@id":"file:///etc/"}]}"""])
        {
            upstream.Answer = http => http.Response.WriteAsync(nonsense);
            using var answer = await _host.GetAsync("/nuget/mirror/v3/flat/acme.left/index.json");
            Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await answer.ProblemAsync());
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        upstream.Answer = http => http.Response.WriteAsync(http.Request.Path.Value!.Contains("acme") ? """
            {"items":[5,{"items":[null,{},{"catalogEntry":{"id":"Other","version":"1.0.0"}},
             {"catalogEntry":{"id":"Acme.Left","version":"../1"}},
             {"catalogEntry":{"id":"Acme.Left","version":"1.2.0","dependencyGroups":[5,{"dependencies":[{"id":"../x"},{}]}],"tags":[7]}}]}]}
            """ : """
            {"resources":[{"@type":"PackageBaseAddress/3.0.0","@id":"/flat"},{"@type":"RegistrationsBaseUrl","@id":"/reg"}]}
            """);
        Assert.Equal("1.2.0", await VersionsAsync());
        Assert.Equal("{}", await _host.Client.GetStringAsync("/nuget/mirror/v3/vulnerabilities/base.json"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private string In(string path) => Path.Combine(_home, path);

    private Task<byte[]> PackageAsync(string version)
        => _host.Client.GetByteArrayAsync($"/nuget/mirror/v3/flat/acme.left/{version}/acme.left.{version}.nupkg");

    private async Task<string> VersionsAsync(string repository = "mirror")
        => string.Join(' ', JsonNode.Parse(await _host.Client.GetStringAsync(
            $"/nuget/{repository}/v3/flat/acme.left/index.json"))!["versions"]!
            .AsArray().Select(static v => (string)v!));

    private async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await _host.Client.GetStringAsync($"/nuget/mirror/v3/{path}"))!;

    /// <summary>A feed shaped as the public one: pages of their own, and hashes in a catalog.</summary>
    private async Task<Feed> StartAsync(params (string Version, int? Days, bool Listed)[] versions)
    {
        var feed = new Feed(await UpstreamStandIn.StartAsync(), _time.GetUtcNow(), versions) { Package = _right };
        await _host.DefineAsync("mirror", format: "nuget", upstream: feed.Address + "/v3/index.json", cooldownDays: 3);
        return feed;
    }

    private sealed class Feed : IAsyncDisposable
    {
        private readonly UpstreamStandIn _standIn;

        public Feed(UpstreamStandIn standIn, DateTimeOffset now, (string Version, int? Days, bool Listed)[] versions)
        {
            _standIn = standIn;
            standIn.Answer = http => http.Request.Path.Value switch
            {
                "/v3/index.json" => http.Response.WriteAsync($$"""
                    {"version":"3.0.0","resources":[{"@type":"PackageBaseAddress/3.0.0","@id":"{{Address}}/flat/"},
                     {"@type":"RegistrationsBaseUrl/3.6.0","@id":"{{Address}}/reg"},
                     {"@type":"VulnerabilityInfo/6.7.0","@id":"{{Address}}/vuln.json"}]}
                    """),
                "/reg/acme.left/index.json" => http.Response.WriteAsync(
                    $$"""{"items":[{"@id":"{{Address}}/page.json","lower":"1.0.0","upper":"9.0.0","count":9}]}"""),
                "/page.json" => http.Response.WriteAsync(Page(now, versions)),
                "/catalog.json" => http.Response.WriteAsync(
                    $$"""{"packageHash":"{{Hash ?? Convert.ToBase64String(
                        SHA512.HashData(Expected))}}","packageHashAlgorithm":"SHA512"}"""),
                "/vuln.json" => http.Response.WriteAsync(
                    $$"""[{"@name":"all","@id":"{{Address}}/vuln-all.json","@updated":"2026-01-01T00:00:00Z"}]"""),
                "/vuln-all.json" => http.Response.WriteAsync(
                    """{"acme.left":[{"url":"https://example.org/advisory","severity":2,"versions":"(, 2.0.0)"}]}"""),
                { } path when path.EndsWith(".nupkg", StringComparison.Ordinal) => http.Response.Body.WriteAsync(Package).AsTask(),
                _ => NoneAsync(http),
            };
        }

        public string Address => _standIn.Address;

        public IReadOnlyList<(string Path, IHeaderDictionary Headers)> Asked => _standIn.Asked;

        /// <summary>What it sends.</summary>
        public byte[] Package { get; set; } = [];

        /// <summary>What its catalog says; null: the hash of what it first had.</summary>
        public string? Hash { get; set; }

        private byte[] Expected => field ??= Package.Length > 100 ? Package : Encoding.UTF8.GetBytes("the right bytes");

        public ValueTask DisposeAsync() => _standIn.DisposeAsync();

        private static Task NoneAsync(HttpContext http)
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        private string Page(DateTimeOffset now, (string Version, int? Days, bool Listed)[] versions)
            => new JsonObject
            {
                ["items"] = new JsonArray([.. versions.Select(v => (JsonNode)new JsonObject
                {
                    ["commitTimeStamp"] = v.Days is { } days ? now.AddDays(days).ToString("O") : null,
                    ["catalogEntry"] = new JsonObject
                    {
                        ["@id"] = $"{Address}/catalog.json", ["id"] = "Acme.Left", ["version"] = v.Version, ["listed"] = v.Listed,
                        ["published"] = (v.Listed ? now.AddDays(v.Days ?? 0)
                            : new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToString("O"),
                    },
                })]),
            }.ToJsonString();
    }
}
