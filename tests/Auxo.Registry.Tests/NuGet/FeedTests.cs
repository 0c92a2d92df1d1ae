using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Registry.Tests.Archives;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

namespace Auxo.Registry.Tests.NuGet;

public sealed class FeedTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("ours", format: "nuget");
    }

    [Fact]
    public async Task every_address_of_the_index_is_the_clients_own()
    {
        using var answer = await _host.GetAsync("/nuget/ours/v3/index.json", ("X-Forwarded-Host", "auxo.example:8443"),
            ("X-Forwarded-Proto", "https"));
        var index = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal("3.0.0", (string)index["version"]!);
        Assert.All(index["resources"]!.AsArray(), static r => Assert.StartsWith(
            "https://auxo.example:8443/nuget/ours/v3/", (string)r!["@id"]!, StringComparison.Ordinal));
        var types = index["resources"]!.AsArray().Select(static r => (string)r!["@type"]!).ToList();
        foreach (var type in (string[])["PackageBaseAddress/3.0.0", "RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned",
            "SearchQueryService/3.0.0-beta", "SearchQueryService/3.4.0", "SearchQueryService", "SearchAutocompleteService/3.0.0-beta",
            "PackagePublish/2.0.0", "SymbolPackagePublish/4.9.0", "VulnerabilityInfo/6.7.0", "ReadmeUriTemplate/6.13.0"])
            Assert.Contains(type, types);
        var vulnerabilities = Assert.Single((await JsonAsync("vulnerabilities/index.json")).AsArray());
        Assert.Equal("{}", await _host.Client.GetStringAsync((string)vulnerabilities!["@id"]!));
    }

    [Fact]
    public async Task what_was_pushed_is_got_byte_for_byte_with_its_nuspec_and_readme()
    {
        var package = Nupkgs.Of("Acme.Left", "1.0", "<readme>docs/README.md</readme>");
        using var pushed = await _host.PushAsync(package);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.Equal(package, await _host.Client.GetByteArrayAsync("/nuget/ours/v3/flat/acme.left/1.0.0/acme.left.1.0.0.nupkg"));
        Assert.Equal(package, await _host.Client.GetByteArrayAsync("/nuget/ours/v3/flat/Acme.Left/1.0/Acme.Left.1.0.0.nupkg"));
        Assert.Contains("<id>Acme.Left</id>", await _host.Client.GetStringAsync("/nuget/ours/v3/flat/acme.left/1.0.0/acme.left.nuspec"),
            StringComparison.Ordinal);
        Assert.Equal("# Acme.Left 1.0", await _host.Client.GetStringAsync("/nuget/ours/v3/flat/acme.left/1.0.0/readme"));
        Assert.Equal("""{"versions":["1.0.0"]}""", await _host.Client.GetStringAsync("/nuget/ours/v3/flat/acme.left/index.json"));
    }

    [Fact]
    public async Task a_version_is_there_once_in_any_spelling_and_never_comes_back()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        foreach (var (id, version) in ((string, string)[])[("Acme.Left", "1.0.0"), ("acme.left", "1.0"), ("ACME.LEFT", "1.0.0.0+build")])
        {
            using var again = await _host.PushAsync(id, version);
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
            Assert.Contains("--skip-duplicate", again.ReasonPhrase, StringComparison.Ordinal);
        }

        using var removed = await _host.SendAsync(HttpMethod.Delete, "/nuget/ours/packages/Acme.Left/1.0");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var back = await _host.PushAsync("Acme.Left", "1.0.0");
        Assert.Equal(HttpStatusCode.Conflict, back.StatusCode);
        using var list = await _host.GetAsync("/nuget/ours/v3/flat/acme.left/index.json");
        Assert.Equal((HttpStatusCode.NotFound, "package/not-found"), await list.ProblemAsync());
    }

    [Fact]
    public async Task of_many_at_once_exactly_one_wins()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _host.PushAsync("Acme.Left", "1.0.0", $"<title>{i}</title>")));
        Assert.Single(all, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, all.Count(static a => a.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task what_is_no_package_is_refused_and_leaves_nothing()
    {
        foreach (var package in (byte[][])["no zip"u8.ToArray(), [], Nupkgs.Of("../evil", "1.0"), Nupkgs.Of("a", "x"),
            Zips.Of(("zeros", new byte[80 << 20]))])
        {
            using var answer = await _host.PushAsync(package);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.NotEqual("Bad Request", answer.ReasonPhrase);
        }

        using var json = await _host.Client.PutAsync("/nuget/ours/v3/push", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);
        using var nowhere = await _host.PushAsync(Nupkgs.Of("a", "1.0"), "/nuget/nowhere/v3/push/");
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        await _host.DefineAsync("small", quota: 100, format: "nuget");
        using var full = await _host.PushAsync(Nupkgs.Of("a", "1.0"), "/nuget/small/v3/push/");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, full.StatusCode);
        Assert.Empty(_host.OnDisk().Whole);
        Assert.Empty(_host.OnDisk().Unfinished);
    }

    [Fact]
    public async Task registrations_say_what_is_known_of_each_version()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        (await _host.PushAsync("Acme.Left", "1.10.0-beta.1+abc",
            "<dependencies><group targetFramework=\"net10.0\"><dependency id=\"Acme.Right\" version=\"2.0\"/></group>"
                + "</dependencies>")).Dispose();
        (await _host.PushAsync("Acme.Left", "1.9.0")).Dispose();
        var page = (await JsonAsync("registration/acme.left/index.json"))["items"]![0]!;
        Assert.Equal(("1.0.0", "1.10.0-beta.1", 3), ((string)page["lower"]!, (string)page["upper"]!, (int)page["count"]!));
        Assert.Equal(["1.0.0", "1.9.0", "1.10.0-beta.1+abc"],
            page["items"]!.AsArray().Select(static i => (string)i!["catalogEntry"]!["version"]!));
        var entry = page["items"]![2]!["catalogEntry"]!;
        Assert.True((bool)entry["listed"]!);
        var dependency = entry["dependencyGroups"]![0]!["dependencies"]![0]!;
        Assert.Equal(("Acme.Right", "[2.0.0, )", $"{_host.Address}nuget/ours/v3/registration/acme.right/index.json"), (
            (string)dependency["id"]!, (string)dependency["range"]!, (string)dependency["registration"]!));
        Assert.NotEmpty(await _host.Client.GetByteArrayAsync((string)page["items"]![2]!["packageContent"]!));
        var leaf = JsonNode.Parse(await _host.Client.GetStringAsync((string)page["items"]![2]!["@id"]!));
        Assert.True(JsonNode.DeepEquals(page["items"]![2], leaf));
    }

    [Fact]
    public async Task many_versions_come_in_pages()
    {
        (await _host.PushAsync("many", "1.0.0")).Dispose();
        // As 150 pushes would, which take their time.
        await _host.ExecuteAsync(
            """
            insert into registry.package_versions (repository, name, version, metadata, published_at, published_by)
            select repository, name, '1.0.' || i, replace(metadata, '1.0.0', '1.0.' || i), published_at, 'test'
            from registry.package_versions, generate_series(1, 149) i
            """);
        var index = await JsonAsync("registration/many/index.json");
        Assert.Equal([("1.0.0", "1.0.63", 64), ("1.0.64", "1.0.127", 64), ("1.0.128", "1.0.149", 22)], index["items"]!.AsArray().Select(
            static p => ((string)p!["lower"]!, (string)p["upper"]!, (int)p["count"]!)));
        var all = new List<string>();
        foreach (var page in index["items"]!.AsArray())
        {
            Assert.Null(page!["items"]);
            var whole = JsonNode.Parse(await _host.Client.GetStringAsync((string)page["@id"]!))!;
            all.AddRange(whole["items"]!.AsArray().Select(static i => (string)i!["catalogEntry"]!["version"]!));
        }

        Assert.Equal(Enumerable.Range(0, 150).Select(static i => $"1.0.{i}"), all);
        using var other = await _host.GetAsync("/nuget/ours/v3/registration/many/page/1.0.1/1.0.63.json");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task an_unlisted_version_is_got_but_not_found_until_it_is_listed_again()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        (await _host.PushAsync("Acme.Left", "2.0.0")).Dispose();
        using var unlisted = await _host.SendAsync(HttpMethod.Delete, "/nuget/ours/v3/push/Acme.Left/2.0.0");
        Assert.Equal(HttpStatusCode.NoContent, unlisted.StatusCode);
        var entry = (await JsonAsync("registration/acme.left/index.json"))["items"]![0]!["items"]![1]!["catalogEntry"]!;
        Assert.Equal((false, 1900), ((bool)entry["listed"]!, ((DateTimeOffset)entry["published"]!).Year));
        Assert.Equal("1.0.0", (string)(await JsonAsync("search?q=left"))["data"]![0]!["version"]!);
        Assert.Equal("""{"versions":["1.0.0","2.0.0"]}""", await _host.Client.GetStringAsync("/nuget/ours/v3/flat/acme.left/index.json"));
        Assert.NotEmpty(await _host.Client.GetByteArrayAsync("/nuget/ours/v3/flat/acme.left/2.0.0/acme.left.2.0.0.nupkg"));
        using var listed = await _host.SendAsync(HttpMethod.Post, "/nuget/ours/v3/push/acme.left/2.0.0");
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        Assert.Equal("2.0.0", (string)(await JsonAsync("search?q=left"))["data"]![0]!["version"]!);
        using var unknown = await _host.SendAsync(HttpMethod.Delete, "/nuget/ours/v3/push/Acme.Left/9.0.0");
        Assert.Equal((HttpStatusCode.NotFound, "package/not-found"), await unknown.ProblemAsync());
    }

    [Fact]
    public async Task searches_look_at_names_and_leave_out_what_was_not_asked_for()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        (await _host.PushAsync("Acme.Left", "2.0.0-beta")).Dispose();
        (await _host.PushAsync("Acme.Right", "1.0.0-rc.1")).Dispose();
        (await _host.PushAsync("Acme.Tool", "1.0.0", "<packageTypes><packageType name=\"DotnetTool\"/></packageTypes>")).Dispose();
        async Task<string> FoundAsync(string query)
            => string.Join(' ', (await JsonAsync($"search?{query}"))["data"]!.AsArray().Select(static p => $"{p!["id"]} {p["version"]}"));

        Assert.Equal("Acme.Left 1.0.0 Acme.Tool 1.0.0", await FoundAsync("q="));
        Assert.Equal("Acme.Left 2.0.0-beta Acme.Tool 1.0.0", await FoundAsync("q=acme&prerelease=true"));
        Assert.Equal("Acme.Right 1.0.0-rc.1", await FoundAsync("q=RIGHT%20acme&prerelease=true&semVerLevel=2.0.0"));
        Assert.Equal("Acme.Tool 1.0.0", await FoundAsync("q=acme&packageType=dotnettool"));
        Assert.Equal("Acme.Tool 1.0.0", await FoundAsync("skip=1&take=5"));
        Assert.Equal("", await FoundAsync("q=nothing"));
        Assert.Equal("", await FoundAsync("take=-5&skip=-5"));
        Assert.Equal(2, (int)(await JsonAsync("search?take=0"))["totalHits"]!);
        Assert.Equal("""{"totalHits":2,"data":["Acme.Left","Acme.Tool"]}""",
            await _host.Client.GetStringAsync("/nuget/ours/v3/autocomplete?q=ac"));
        Assert.Equal("""{"totalHits":2,"data":["1.0.0","2.0.0-beta"]}""",
            await _host.Client.GetStringAsync("/nuget/ours/v3/autocomplete?id=acme.left&prerelease=true"));
    }

    [Fact]
    public async Task symbols_lie_beside_their_package_once()
    {
        var symbols = Nupkgs.Of("Acme.Left", "1.0.0", "", ("lib/net10.0/left.pdb", "pdb"));
        using var early = await _host.PushAsync(symbols, "/nuget/ours/v3/symbols/");
        Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        using var pushed = await _host.PushAsync(symbols, "/nuget/ours/v3/symbols/");
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.Equal(symbols, await _host.Client.GetByteArrayAsync("/nuget/ours/v3/flat/acme.left/1.0.0/acme.left.1.0.0.snupkg"));
        using var again = await _host.PushAsync(Nupkgs.Of("Acme.Left", "1.0.0", "", ("left.pdb", "other")), "/nuget/ours/v3/symbols/");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var package = await _host.PushAsync(Nupkgs.Of("Acme.Left", "1.0.0"), "/nuget/ours/v3/symbols/");
        Assert.Equal(HttpStatusCode.BadRequest, package.StatusCode);
    }

    [Fact]
    public async Task a_key_pushes_what_its_scopes_name()
    {
        async Task<HttpStatusCode> TryAsync(string id, params string[] scopes)
        {
            var key = await AccessToken.CreateAsync(_host.Database, $"t {Guid.NewGuid()}", scopes, null, CancellationToken.None);
            return (await Eventually.ValueAsync(async () =>
            {
                // A new token is known within a second.
                var answer = await _host.PushAsync(Nupkgs.Of(id, "1.0.0"), key: key);
                return answer.StatusCode == HttpStatusCode.Unauthorized ? null : answer;
            }, "the key is known")).StatusCode;
        }

        Assert.Equal(HttpStatusCode.Created, await TryAsync("Acme.A", "registry:write"));
        Assert.Equal(HttpStatusCode.Created, await TryAsync("Acme.B", "registry:write:ours/acme.*"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync("Other.C", "registry:write:ours/acme.*"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync("Acme.D", "registry:read", "registry:write:other"));
        using var stranger = await _host.PushAsync(Nupkgs.Of("Acme.E", "1.0.0"), key: "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task a_token_for_some_packages_reads_the_index_and_these()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        (await _host.PushAsync("Other", "1.0.0")).Dispose();
        var token = await AccessToken.CreateAsync(_host.Database, "some", ["registry:read:ours/acme.*"], null, CancellationToken.None);
        using var reader = new HttpClient { BaseAddress = _host.Address };
        reader.DefaultRequestHeaders.Authorization = new("Bearer", token);
        async Task<HttpStatusCode> TryAsync(string path)
        {
            using var answer = await reader.GetAsync($"/nuget/ours/v3/{path}");
            return answer.StatusCode;
        }

        await Eventually.TrueAsync(async () => await TryAsync("index.json") == HttpStatusCode.OK, "the token is known");
        Assert.Equal(HttpStatusCode.OK, await TryAsync("flat/acme.left/index.json"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("registration/Acme.Left/index.json"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("vulnerabilities/index.json"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync("flat/other/index.json"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync("flat/other/1.0.0/other.1.0.0.nupkg"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync("search?q=other"));
    }

    [Fact]
    public async Task what_is_not_there_is_not_found()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        foreach (var path in (string[])["flat/nothing/index.json", "flat/%2e%2e%2f/index.json",
            "flat/acme.left/1.0.1/acme.left.1.0.1.nupkg",
            "flat/acme.left/1.0.0/other.1.0.0.nupkg", "flat/acme.left/1.0.0/..%2f..%2fsecret", "flat/acme.left/x/acme.left.x.nupkg",
            "registration/nothing/index.json", "registration/acme.left/9.9.9.json", "registration/acme.left/page/1/2.json",
            $"registration/{new string('a', 1000)}/index.json", "registration/%D0%B0cme.left/index.json"])
        {
            using var answer = await _host.GetAsync($"/nuget/ours/v3/{path}");
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{path} {answer.StatusCode}");
            using var elsewhere = await _host.GetAsync($"/nuget/nowhere/v3/{path}");
            Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        }
    }

    [Fact]
    public async Task a_feed_is_seen_as_it_stood_and_read_without_a_token_when_it_is_open()
    {
        (await _host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        (await _host.PushAsync("Acme.Left", "2.0.0")).Dispose();
        await _host.ExecuteAsync("update registry.package_versions set published_at = '2026-01-15T12:00:00Z' where version = '1.0.0'");
        using var stranger = new HttpClient { BaseAddress = _host.Address };
        using var closed = await stranger.GetAsync("/nuget/ours@2026-01-15/v3/index.json");
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
        Assert.Contains("Basic", closed.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        await _host.DefineAsync("ours", anonymousRead: true);
        Assert.Equal("""{"versions":["1.0.0"]}""", await stranger.GetStringAsync("/nuget/ours@2026-01-15/v3/flat/acme.left/index.json"));
        Assert.Equal("""{"versions":["1.0.0","2.0.0"]}""", await stranger.GetStringAsync("/nuget/ours/v3/flat/acme.left/index.json"));
        Assert.Contains("/nuget/ours@2026-01-15/v3/flat/",
            await stranger.GetStringAsync("/nuget/ours@2026-01-15/v3/index.json"), StringComparison.Ordinal);
        Assert.Equal("1.0.0", (string)JsonNode.Parse(await stranger.GetStringAsync(
            "/nuget/ours@2026-01-15/v3/search"))!["data"]![0]!["version"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await _host.Client.GetStringAsync($"/nuget/ours/v3/{path}"))!;
}
