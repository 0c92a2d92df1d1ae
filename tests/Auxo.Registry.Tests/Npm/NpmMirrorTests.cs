using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;

namespace Auxo.Registry.Tests.Npm;

/// <summary>What comes from another registry: one of our own, and one that lies.</summary>
public sealed class NpmMirrorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-npm-").FullName;
    private RegistryHost _upstream = null!;
    private RegistryHost _host = null!;
    private UpstreamStandIn _liar = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_home, "upstream"));
        await _upstream.DefineAsync("world", format: "npm", anonymousRead: true);
        _liar = await UpstreamStandIn.StartAsync();
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Path.Combine(_home, "mirror"), ("Auxo:Egress:Allow", "127.0.0.1"));
        await _host.DefineAsync("npm", format: "npm", upstream: $"{_upstream.Address}npm/world/", cooldownDays: 3);
        await _host.DefineAsync("lies", format: "npm", upstream: _liar.Address, cooldownDays: 0);
    }

    [Theory]
    [InlineData("left")]
    [InlineData("@acme/left")]
    public async Task what_is_old_enough_is_served_from_here_as_upstream_signed_it(string name)
    {
        await PublishAsync(name, "1.0.0", days: 10);
        await PublishAsync(name, "1.1.0-rc.1", days: 9);
        await PublishAsync(name, "1.1.0", days: 1);
        await PublishAsync(name, "2.0.0", days: 0, tag: "next");
        var asked = name.Replace("/", "%2f", StringComparison.Ordinal);
        var theirs = (await _upstream.Client.GetFromJsonAsync<JsonNode>($"/npm/world/{asked}"))!;
        Assert.Equal("1.1.0", (string?)theirs["dist-tags"]!["latest"]);
        foreach (var accept in (string[])["application/json", "application/vnd.npm.install-v1+json"])
        {
            using var answer = await _host.GetAsync($"/npm/npm/{asked}", ("Accept", accept));
            Assert.Equal(accept, answer.Content.Headers.ContentType!.MediaType);
            var ours = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
            Assert.Equal(["1.0.0", "1.1.0-rc.1"], ours["versions"]!.AsObject().Select(static v => v.Key));
            Assert.Equal("""{"latest":"1.0.0"}""", ours["dist-tags"]!.ToJsonString());
            Assert.Equal(["1.0.0", "1.1.0-rc.1"], ours["time"]!.AsObject()
                .Select(static t => t.Key).Where(static t => char.IsAsciiDigit(t[0])).Order());
            var (here, there) = (ours["versions"]!["1.0.0"]!["dist"]!.AsObject(), theirs["versions"]!["1.0.0"]!["dist"]!.AsObject());
            Assert.Equal($"{_host.Address}npm/npm/{name}/-/left-1.0.0.tgz", (string?)here["tarball"]);
            foreach (var same in (string[])["integrity", "shasum", "signatures"])
                Assert.True(JsonNode.DeepEquals(there[same], here[same]), same);
        }

        var tarball = await _host.Client.GetByteArrayAsync($"/npm/npm/{asked}/-/left-1.0.0.tgz");
        Assert.Equal(TestTarball.Integrity(tarball), (string?)theirs["versions"]!["1.0.0"]!["dist"]!["integrity"]);
        using var young = await _host.GetAsync($"/npm/npm/{name}/-/left-1.1.0.tgz");
        Assert.Equal((HttpStatusCode.Forbidden, "mirror/too-young"), await young.ProblemAsync());
        var one = await _host.Client.GetFromJsonAsync<JsonNode>($"/npm/npm/{asked}/latest");
        Assert.Equal("1.0.0", (string?)one!["version"]);
        Assert.Equal("""{"latest":"1.0.0"}""", await _host.Client.GetStringAsync($"/npm/npm/-/package/{asked}/dist-tags"));

        var keys = (await _host.Client.GetFromJsonAsync<JsonNode>("/npm/npm/-/npm/v1/keys"))!["keys"]!.AsArray();
        Assert.Equal(2, keys.Count);
        Assert.Contains((string?)theirs["versions"]!["1.0.0"]!["dist"]!["signatures"]![0]!["keyid"],
            keys.Select(static k => (string?)k!["keyid"]));

        // From now on upstream is not needed.
        await _upstream.DisposeAsync();
        Assert.Equal(tarball, await _host.Client.GetByteArrayAsync($"/npm/npm/{asked}/-/left-1.0.0.tgz"));
        await _host.ExecuteAsync("update registry.mirrored_documents set checked_at = now() - interval '1 day'");
        using var stale = await _host.GetAsync($"/npm/npm/{asked}", ("Host", "another.name"));
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
        Assert.Contains("upstream", stale.Headers.GetValues("Warning").Single());
        using var unknown = await _host.GetAsync("/npm/npm/never-seen");
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await unknown.ProblemAsync());
    }

    [Fact]
    public async Task the_world_as_it_stood_on_a_day()
    {
        await PublishAsync("left", "1.0.0", days: 100);
        await PublishAsync("left", "1.1.0", days: 50);
        var day = DateTimeOffset.UtcNow.AddDays(-60).ToString("yyyy-MM-dd");
        var then = (await _host.Client.GetFromJsonAsync<JsonNode>($"/npm/npm@{day}/left"))!;
        Assert.Equal(("1.0.0", 1), ((string?)then["dist-tags"]!["latest"], then["versions"]!.AsObject().Count));
        Assert.Equal($"{_host.Address}npm/npm@{day}/left/-/left-1.0.0.tgz", (string?)then["versions"]!["1.0.0"]!["dist"]!["tarball"]);
        await _host.Client.GetByteArrayAsync((string)then["versions"]!["1.0.0"]!["dist"]!["tarball"]!);
        using var later = await _host.GetAsync($"/npm/npm@{day}/left/-/left-1.1.0.tgz");
        Assert.Equal(HttpStatusCode.Forbidden, later.StatusCode);
    }

    [Fact]
    public async Task upstream_is_never_asked_about_a_name_that_is_ours()
    {
        await _host.PutAsync("/npm/lies/ours", TestTarball.Body("ours", "1.0.0").ToJsonString());
        _liar.Answer = static http => http.Response.WriteAsync(Package("ours", "9.9.9", [1]).ToJsonString());
        var package = (await _host.Client.GetFromJsonAsync<JsonNode>("/npm/lies/ours"))!;
        Assert.Equal(["1.0.0"], package["versions"]!.AsObject().Select(static v => v.Key));
        using (var file = await _host.GetAsync("/npm/lies/ours/-/ours-9.9.9.tgz")) Assert.Equal(HttpStatusCode.NotFound, file.StatusCode);
        using (var version = await _host.GetAsync("/npm/lies/ours/9.9.9")) Assert.Equal(HttpStatusCode.NotFound, version.StatusCode);
        using (var none = await _host.GetAsync("/npm/lies/-/npm/v1/attestations/ours@9.9.9"))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        // Nor when all of it was removed again.
        using (var gone = await _host.SendAsync(HttpMethod.Delete, $"/npm/lies/ours/-rev/{package["_rev"]}"))
            Assert.True(gone.IsSuccessStatusCode);
        using (var removed = await _host.GetAsync("/npm/lies/ours")) Assert.Equal(HttpStatusCode.NotFound, removed.StatusCode);

        _liar.Answer = static async http =>
        {
            using var reader = new StreamReader(new GZipStream(http.Request.Body, CompressionMode.Decompress));
            var advisory = new JsonObject { ["id"] = 1, ["title"] = await reader.ReadToEndAsync() };
            await http.Response.WriteAsync(new JsonObject { ["left"] = new JsonArray(advisory) }.ToJsonString());
        };
        Assert.Equal("{}", await AuditAsync("""{"ours":["1.0.0"]}"""));
        Assert.Empty(_liar.Asked);
        var known = JsonNode.Parse(await AuditAsync("""{"ours":["1.0.0"],"left":["1.1.0"]}"""));
        Assert.Equal("""{"left":["1.1.0"]}""", (string?)known!["left"]![0]!["title"]);
    }

    [Fact]
    public async Task a_question_about_advisories_that_unpacks_to_very_much_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes($"{{\"a\":[{string.Join(',', Enumerable.Repeat("[]", 2 << 20))}]}}"));
        using var question = new ByteArrayContent(packed.ToArray());
        question.Headers.ContentEncoding.Add("gzip");
        using (var refused = await _host.Client.PostAsync("/npm/lies/-/npm/v1/security/advisories/bulk", question))
            Assert.Equal((HttpStatusCode.BadRequest, "npm/invalid-body"), await refused.ProblemAsync());
        foreach (var name in (string[])["\\u0000", "\\ud800"])
        {
            using var refused = await PostAuditAsync($"{{\"{name}\":[]}}");
            Assert.Equal((HttpStatusCode.BadRequest, "npm/invalid-body"), await refused.ProblemAsync());
        }

        Assert.Empty(_liar.Asked);
    }

    [Fact]
    public async Task a_missing_answer_about_advisories_is_not_taken_for_none()
    {
        foreach (var (status, type, says) in ((int, string, string)[])[
            (404, "npm/no-advisories", "has no advisories (it answered 404): nothing is known, good or bad"),
            (405, "npm/no-advisories", "has no advisories"), (403, "npm/advisories-refused", "refuses to say"),
            (200, "npm/advisories-away", "the answer cannot be read"), (500, "npm/advisories-away", "it answered 500")])
        {
            _liar.Answer = http =>
            {
                http.Response.StatusCode = status;
                return http.Response.WriteAsync("<html>");
            };
            using var answer = await PostAuditAsync("""{"left":["1.0.0"]}""");
            Assert.Equal((type == "npm/no-advisories" ? HttpStatusCode.NotFound : HttpStatusCode.BadGateway, type),
                await answer.ProblemAsync());
            // The member that npm shows.
            Assert.Contains(says, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"], StringComparison.Ordinal);
        }

        // One that answered with a fault is left alone for a while, with these questions only.
        var asked = _liar.Asked.Count;
        using (var again = await PostAuditAsync("""{"left":["1.0.0"]}"""))
            Assert.Equal((HttpStatusCode.BadGateway, "npm/advisories-away"), await again.ProblemAsync());
        Assert.Equal(asked, _liar.Asked.Count);
        using (var other = await _host.GetAsync("/npm/lies/nothing")) Assert.Equal(asked + 1, _liar.Asked.Count);

        using var unreadable = await PostAuditAsync("[");
        Assert.Equal((HttpStatusCode.BadRequest, "npm/invalid-body"), await unreadable.ProblemAsync());
    }

    [Fact]
    public async Task who_does_not_answer_is_left_alone_by_audits_too()
    {
        await _liar.DisposeAsync();
        using (var first = await PostAuditAsync("""{"left":["1.0.0"]}"""))
            Assert.Equal((HttpStatusCode.BadGateway, "npm/advisories-away"), await first.ProblemAsync());
        using var status = await _host.GetAsync("/mirrors");
        Assert.Contains("nobody answers there", await status.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(_host.Get<Registry.Mirrors.Mirror>().IsLeftAlone("lies", new Uri(_liar.Address)));
    }

    [Theory]
    [InlineData("bytes", "mirror/changed")]
    [InlineData("no-digest", "mirror/changed")]
    [InlineData("text", "mirror/upstream-away")]
    [InlineData("array", "mirror/upstream-away")]
    [InlineData("name", "mirror/upstream-away")]
    [InlineData("cut", "mirror/upstream-away")]
    [InlineData("metadata-service", "mirror/upstream-away")]
    [InlineData("file", "mirror/upstream-away")]
    public async Task an_upstream_that_lies_is_not_believed(string how, string type)
    {
        var good = TestTarball.Of(new JsonObject { ["name"] = "left", ["version"] = "1.0.0" });
        _liar.Answer = http =>
        {
            var isTarball = http.Request.Path.Value!.EndsWith(".tgz", StringComparison.Ordinal);
            switch (how)
            {
                case "text":
                    return http.Response.WriteAsync("hello");
                case "array":
                    return http.Response.WriteAsync("[]");
                case "name":
                    return http.Response.WriteAsync(Package("right", "1.0.0", good).ToJsonString());
                case "metadata-service" or "file" when isTarball:
                    http.Response.Redirect(how == "file" ? "file:///etc/passwd" : "http://169.254.169.254/latest/");
                    return Task.CompletedTask;
                case "cut" when isTarball:
                    http.Response.ContentLength = good.Length;
                    return http.Response.Body.WriteAsync(good.AsMemory(0, 10)).AsTask();
                case var _ when isTarball:
                    return http.Response.Body.WriteAsync(how == "bytes" ? [1, 2, 3] : good).AsTask();
            }

            var package = Package("left", "1.0.0", good, _liar.Address);
            if (how == "no-digest") package["versions"]!["1.0.0"]!["dist"]!.AsObject().Remove("integrity");
            return http.Response.WriteAsync(package.ToJsonString());
        };
        using var answer = await _host.GetAsync("/npm/lies/left/-/left-1.0.0.tgz");
        Assert.Equal((HttpStatusCode.BadGateway, type), await answer.ProblemAsync());
        Assert.DoesNotContain(Convert.ToHexStringLower(SHA256.HashData(good)), _host.OnDisk().Whole);
        Assert.Empty(_host.OnDisk().Unfinished);
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from registry.mirrored_files"));
    }

    [Fact]
    public async Task what_upstream_says_of_attestations_is_passed_on()
    {
        _liar.Answer = static http =>
        {
            http.Response.StatusCode = http.Request.Path.Value == "/-/npm/v1/attestations/@acme/left@1.0.0"
                || http.Request.Path.Value!.Contains("%2f", StringComparison.Ordinal) ? 200 : 404;
            return http.Response.WriteAsync("{\"attestations\":[]}");
        };
        Assert.Equal("{\"attestations\":[]}", await _host.Client.GetStringAsync("/npm/lies/-/npm/v1/attestations/@acme%2fleft@1.0.0"));
        using var none = await _host.GetAsync("/npm/lies/-/npm/v1/attestations/left@1.0.0");
        Assert.Equal((HttpStatusCode.NotFound, "npm/no-attestations"), await none.ProblemAsync());
    }

    [Fact]
    public async Task a_repaired_latest_stays_in_the_line_that_upstream_recommends()
    {
        var now = DateTimeOffset.UtcNow;
        var package = Package("left", "1.0.0", [1]);
        foreach (var (version, days) in ((string, int)[])[("1.1.0", 2), ("2.0.0", 50), ("1.0.5", 10), ("1.2.0-beta.1", 9)])
        {
            package["versions"]![version] = package["versions"]!["1.0.0"]!.DeepClone();
            package["time"]![version] = now.AddDays(-days).ToString("O");
        }

        package["dist-tags"]!["latest"] = "1.1.0";
        package["versions"]!["../../x"] = package["versions"]!["1.0.0"]!.DeepClone();
        _liar.Answer = http => http.Response.WriteAsync(package.ToJsonString());
        await _host.DefineAsync("lies", format: "npm", upstream: _liar.Address, cooldownDays: 5);
        var offered = (await _host.Client.GetFromJsonAsync<JsonNode>("/npm/lies/left"))!;
        Assert.Equal("1.0.5", (string?)offered["dist-tags"]!["latest"]);
        Assert.Equal(["1.0.0", "2.0.0", "1.0.5", "1.2.0-beta.1"], offered["versions"]!.AsObject().Select(static v => v.Key));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
        await _liar.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task PublishAsync(string name, string version, int days, string tag = "latest")
    {
        using var answer = await _upstream.PutAsync(
            $"/npm/world/{name.Replace("/", "%2f", StringComparison.Ordinal)}", TestTarball.Body(name, version, tag).ToJsonString());
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await _upstream.ExecuteAsync(
            "update registry.package_versions set published_at = now() - make_interval(days => $2) where version = $1", version, days);
        _upstream.Get<Registry.Packages.PackageDocuments>().Forget("world", name);
    }

    private async Task<string> AuditAsync(string question)
    {
        using var answer = await PostAuditAsync(question);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<HttpResponseMessage> PostAuditAsync(string question)
        => _host.Client.PostAsync(
            "/npm/lies/-/npm/v1/security/advisories/bulk", new StringContent(question, Encoding.UTF8, "application/json"));

    private static JsonObject Package(string name, string version, byte[] tarball, string address = "http://127.0.0.1:1") => new()
    {
        ["name"] = name, ["dist-tags"] = new JsonObject { ["latest"] = version },
        ["versions"] = new JsonObject
        {
            [version] = new JsonObject
            {
                ["name"] = name, ["version"] = version,
                ["dist"] = new JsonObject
                {
                    ["integrity"] = TestTarball.Integrity(tarball), ["tarball"] = $"{address}/{name}/-/{name}-{version}.tgz",
                },
            },
        },
        ["time"] = new JsonObject { ["modified"] = "2026-01-01T00:00:00.000Z", [version] = "2026-01-01T00:00:00.000Z" },
    };
}
