using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Oci;

/// <summary>Who may do what with images, and how clients get to know.</summary>
public sealed class OciAccessTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;
    private string _digest = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("app", format: "oci");
        await _host.DefineAsync("open", format: "oci", anonymousRead: true);
        await _host.DefineAsync("raw");
        _digest = await _host.PushAsync("app/web", "v1", "layer");
        await _host.PushAsync("open/web", "v1", "layer");
    }

    [Fact]
    public async Task who_has_no_token_is_told_where_to_get_one_and_for_what()
    {
        using var client = new HttpClient { BaseAddress = _host.Address };
        var realm = $"Bearer realm=\"{_host.Address}v2/token\",service=\"auxo\"";
        foreach (var (method, path, challenge) in ((string, string, string)[])[
            ("GET", "/v2/", realm),
            ("GET", "/v2/_catalog", realm + ",scope=\"registry:catalog:*\""),
            ("GET", "/v2/app/web/manifests/v1", realm + ",scope=\"repository:app/web:pull\""),
            ("PUT", "/v2/open/web/manifests/v1", realm + ",scope=\"repository:open/web:pull,push\""),
            ("DELETE", "/v2/app/web/manifests/v1", realm + ",scope=\"repository:app/web:delete\"")])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var answer = await client.SendAsync(request);
            Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), await answer.ErrorAsync());
            Assert.Equal(challenge, answer.Headers.WwwAuthenticate.ToString());
            Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-Api-Version"));
        }

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        using var wrong = await client.GetAsync("/v2/open/web/manifests/v1");
        Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), await wrong.ErrorAsync());
    }

    [Fact]
    public async Task a_password_is_changed_for_a_token_that_says_what_it_may()
    {
        var token = await TokenAsync("registry:read:app");
        using var client = new HttpClient { BaseAddress = _host.Address };
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{token}")));
        using var request = new HttpRequestMessage(
            HttpMethod.Get, "/v2/token?service=auxo&scope=repository:app/web:push,pull"
                + "&scope=repository:other/x:pull&scope=registry:catalog:*")
        {
            Headers = { Authorization = basic },
        };
        using var answer = await client.SendAsync(request);
        var got = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(("repository:app/web:pull", 300), ((string?)got["scope"], (int)got["expires_in"]!));
        Assert.Equal((string?)got["token"], (string?)got["access_token"]);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)got["token"]!);
        using (var version = await client.GetAsync("/v2/")) Assert.Equal(HttpStatusCode.OK, version.StatusCode);
        using (var pulled = await client.GetAsync("/v2/app/web/manifests/v1")) Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        using (var pushed = await client.PostAsync("/v2/app/web/blobs/uploads/", null))
            Assert.Equal((HttpStatusCode.Forbidden, "DENIED"), await pushed.ErrorAsync());

        foreach (var form in (Dictionary<string, string>[])[
            new() { ["grant_type"] = "password", ["username"] = "x", ["password"] = token, ["scope"] = "repository:app/web:pull" },
            new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token, ["scope"] = "repository:app/web:pull" }])
        {
            using var posted = await client.PostAsync("/v2/token", new FormUrlEncodedContent(form));
            Assert.Equal(token, (string?)JsonNode.Parse(await posted.Content.ReadAsStringAsync())!["access_token"]);
        }
    }

    [Fact]
    public async Task a_wrong_or_ended_password_gets_no_token_and_a_short_one_says_how_long_it_lasts()
    {
        using var client = new HttpClient { BaseAddress = _host.Address };
        foreach (var header in (string[])["Basic " + Convert.ToBase64String("u:wrong"u8), "Basic !", "Bearer wrong", "Basic"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/token");
            request.Headers.TryAddWithoutValidation("Authorization", header);
            using var refused = await client.SendAsync(request);
            Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), await refused.ErrorAsync());
        }

        using (var form = await client.PostAsync("/v2/token", new FormUrlEncodedContent([new("grant_type", "magic")])))
            Assert.Equal(HttpStatusCode.BadRequest, form.StatusCode);
        using (var none = await client.PostAsync("/v2/token", new StringContent("{}")))
            Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
        var token = await AccessToken.CreateAsync(
            _host.Database, "short", ["registry:read"], DateTimeOffset.UtcNow.AddSeconds(90), CancellationToken.None);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.InRange((int)JsonNode.Parse(await client.GetStringAsync("/v2/token"))!["expires_in"]!, 1, 90);
    }

    [Fact]
    public async Task where_everybody_may_read_nobodys_token_reads_and_does_nothing_else()
    {
        using var client = new HttpClient { BaseAddress = _host.Address };
        using (var pulled = await client.GetAsync("/v2/open/web/manifests/v1")) Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        var got = JsonNode.Parse(await client.GetStringAsync(
            "/v2/token?scope=repository:open/web:pull,push&scope=repository:app/web:pull"))!;
        Assert.Equal("repository:open/web:pull", (string?)got["scope"]);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)got["token"]!);
        using (var pulled = await client.GetAsync("/v2/open/web/manifests/v1")) Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        foreach (var (method, path) in ((string, string)[])[
            ("GET", "/v2/app/web/manifests/v1"), ("POST", "/v2/open/web/blobs/uploads/"), ("DELETE", "/v2/open/web/manifests/v1"),
            ("GET", "/v2/"), ("GET", "/v2/_catalog")])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var refused = await client.SendAsync(request);
            Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), await refused.ErrorAsync());
        }

        // Elsewhere it is a token like any other that does not work.
        using var other = await client.GetAsync("/repositories");
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Fact]
    public async Task no_route_lets_anybody_do_what_the_scope_does_not_say()
    {
        var blob = Images.DigestOf("layer");
        (string Method, string Path, bool Write)[] routes =
        [
            ("GET", "/v2/app/web/manifests/v1", false), ("HEAD", "/v2/app/web/manifests/v1", false),
            ("GET", $"/v2/app/web/blobs/{blob}", false), ("HEAD", $"/v2/app/web/blobs/{blob}", false),
            ("GET", "/v2/app/web/tags/list", false), ("GET", $"/v2/app/web/referrers/{_digest}", false),
            ("GET", $"/v2/app/web/blobs/uploads/{Guid.Empty}", false),
            ("POST", "/v2/app/web/blobs/uploads/", true), ("POST", $"/v2/app/web/blobs/uploads/?mount={blob}&from=app/web", true),
            ("POST", $"/v2/app/web/blobs/uploads/?digest={blob}", true), ("PATCH", $"/v2/app/web/blobs/uploads/{Guid.Empty}", true),
            ("PUT", $"/v2/app/web/blobs/uploads/{Guid.Empty}?digest={blob}", true),
            ("DELETE", $"/v2/app/web/blobs/uploads/{Guid.Empty}", true),
            ("PUT", "/v2/app/web/manifests/v1", true), ("DELETE", "/v2/app/web/manifests/none", true),
            ("DELETE", $"/v2/app/web/blobs/{blob}", true),
        ];
        (string[] Scopes, bool Reads, bool Writes)[] callers =
        [
            (["registry:read"], true, false), (["registry:write"], false, true), (["registry:read:app"], true, false),
            (["registry:write:app"], false, true), (["registry:read:app/web"], true, false), (["registry:read:app/w*"], true, false),
            (["registry:write:app/web"], false, true), (["registry:read:app/other", "registry:write:app/other"], false, false),
            (["registry:read:open", "registry:write:open"], false, false), (["pipeline:read"], false, false),
            (["registry:manage"], false, false),
        ];
        foreach (var (scopes, reads, writes) in callers)
        {
            using var client = new HttpClient { BaseAddress = _host.Address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(scopes));
            foreach (var (method, path, write) in routes)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                using var answer = await client.SendAsync(request);
                Assert.True(
                    answer.StatusCode == HttpStatusCode.Forbidden == !(write ? writes : reads),
                    $"{string.Join(' ', scopes)} {method} {path}: {answer.StatusCode}");
                if (answer.StatusCode == HttpStatusCode.Forbidden && method != "HEAD")
                    Assert.Equal((HttpStatusCode.Forbidden, "DENIED"), await answer.ErrorAsync());
            }
        }
    }

    [Fact]
    public async Task the_catalog_shows_what_the_caller_may_read_in_pages()
    {
        await _host.PushAsync("app/api", "v1", "layer");
        using var client = new HttpClient { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync("registry:read:app/w*"));
        Assert.Equal("""{"repositories":["app/web","open/web"]}""", await client.GetStringAsync("/v2/_catalog"));
        using var page = await _host.GetAsync("/v2/_catalog?n=2");
        Assert.Equal("""{"repositories":["app/api","app/web"]}""", await page.Content.ReadAsStringAsync());
        Assert.Equal("</v2/_catalog?n=2&last=app%2Fweb>; rel=\"next\"", page.Header("Link"));
        Assert.Equal("""{"repositories":["open/web"]}""", await _host.Client.GetStringAsync("/v2/_catalog?n=2&last=app%2Fweb"));
        Assert.Equal("""{"repositories":[]}""", await _host.Client.GetStringAsync("/v2/_catalog?n=0"));
    }

    [Theory]
    [InlineData("GET", "/v2/app/web/unknown", HttpStatusCode.NotFound, "UNSUPPORTED")]
    [InlineData("GET", "/v2/app/WEB/manifests/v1", HttpStatusCode.BadRequest, "NAME_INVALID")]
    [InlineData("GET", "/v2/app/a%2Fb/manifests/v1", HttpStatusCode.BadRequest, "NAME_INVALID")]
    [InlineData("GET", "/v2/app/%252e%252e/manifests/v1", HttpStatusCode.BadRequest, "NAME_INVALID")]
    [InlineData("GET", "/v2/app//web/manifests/v1", HttpStatusCode.BadRequest, "NAME_INVALID")]
    [InlineData("GET", "/v2/none/web/manifests/v1", HttpStatusCode.NotFound, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/raw/web/manifests/v1", HttpStatusCode.NotFound, "NAME_UNKNOWN")]
    [InlineData("POST", "/v2/raw/web/blobs/uploads/", HttpStatusCode.NotFound, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/app/web/manifests/v9", HttpStatusCode.NotFound, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/app/web/manifests/sha256:x", HttpStatusCode.BadRequest, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/app/web/blobs/sha256:x", HttpStatusCode.BadRequest, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/app/web/blobs/uploads/x", HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("POST", "/v2/app/web/manifests/v1", HttpStatusCode.MethodNotAllowed, "UNSUPPORTED")]
    [InlineData("DELETE", "/v2/app/web/tags/list", HttpStatusCode.MethodNotAllowed, "UNSUPPORTED")]
    [InlineData("PURGE", "/v2/app/web/tags/list", HttpStatusCode.MethodNotAllowed, "UNSUPPORTED")]
    [InlineData("DELETE", "/v2/_catalog", HttpStatusCode.NotFound, "UNSUPPORTED")]
    public async Task every_refusal_has_the_form_that_clients_read(string method, string path, HttpStatusCode status, string code)
    {
        using var answer = await _host.SendAsync(new HttpMethod(method), path);
        Assert.Equal((status, code), await answer.ErrorAsync());
    }

    [Fact]
    public async Task a_name_of_a_thousand_characters_is_refused()
    {
        using var answer = await _host.GetAsync($"/v2/app/{new string('a', 1000)}/manifests/v1");
        Assert.Equal((HttpStatusCode.BadRequest, "NAME_INVALID"), await answer.ErrorAsync());
        using var digest = await _host.GetAsync($"/v2/app/web/blobs/sha256:{new string('a', 1000)}");
        Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), await digest.ErrorAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private Task<string> TokenAsync(params string[] scopes)
        => AccessToken.CreateAsync(_host.Database, $"t {Guid.NewGuid()}", scopes, null, CancellationToken.None);
}
