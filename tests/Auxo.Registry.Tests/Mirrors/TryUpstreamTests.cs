using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Registry.Mirrors.Trying;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;

namespace Auxo.Registry.Tests.Mirrors;

/// <summary>A new upstream is asked whether it is what its mirror shall be of.</summary>
public sealed class TryUpstreamTests(PostgresFixture postgres, TryUpstreamTests.Registry registry)
    : IClassFixture<TryUpstreamTests.Registry>, IAsyncLifetime
{
    private const string Simple = "application/vnd.pypi.simple.v1+json";
    private const string Feed = """
        {"version":"3.0.0","resources":[{"@id":"https://x.example/flat/","@type":"PackageBaseAddress/3.0.0"},
            {"@id":"https://x.example/reg/","@type":"RegistrationsBaseUrl"}]}
        """;

    private readonly string _name = $"m{Guid.NewGuid():N}";
    private UpstreamStandIn _upstream = null!;

    public async ValueTask InitializeAsync() => _upstream = await UpstreamStandIn.StartAsync();

    [Theory]
    [InlineData("npm", "", "/-/ping", "application/json", "{}")]
    [InlineData("npm", "/npm/", "/npm/-/ping", "application/json", "{}")]
    [InlineData("pypi", "/simple/", "/simple/", Simple, "{\"meta\":{}")] // The list of all projects is long: its begin is enough.
    [InlineData("nuget", "/v3/index.json", "/v3/index.json", "application/json", Feed)]
    [InlineData("oci", "/some/team", "/v2/", "application/json", "{}")]
    [InlineData("debian", "/debian", "/debian/dists/", "text/html", "<a href=bookworm/>")]
    [InlineData("debian", "/deb", "/deb/dists/stable/InRelease", "text/plain", "-----BEGIN PGP SIGNED MESSAGE-----")]
    [InlineData("debian", "/flat", "/flat/Release", "text/plain", "Origin: flat")]
    [InlineData("brew", "/api", "/api/formula.jws.json", "application/json", "{")]
    public async Task a_registry_of_the_format_becomes_a_mirror(string format, string path, string asked, string type, string answer)
    {
        Serve((asked, type, answer));
        using var added = await AddAsync(format, path);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Contains(_upstream.Asked, a => a.Path == asked);

        // What it has already is not asked again, also when it has gone away.
        await _upstream.DisposeAsync();
        using var again = await AddAsync(format, path);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("pypi", "", "/simple/", Simple, "{}", "/simple/")]
    [InlineData("pypi", "/pypi", "/simple/", Simple, "{}", "/simple/")]
    [InlineData("pypi", "/root/pypi/", "/root/pypi/+simple/", Simple, "{}", "/root/pypi/+simple/")]
    [InlineData("nuget", "", "/v3/index.json", "application/json", Feed, "/v3/index.json")]
    [InlineData("nuget", "/api/v2", "/api/v3/index.json", "application/json", Feed, "/api/v3/index.json")]
    [InlineData("npm", "/npm/-/ping", "/npm/-/ping", "application/json", "{}", "/npm/")]
    [InlineData("debian", "", "/debian/dists/", "text/html", "", "/debian")]
    [InlineData("debian", "/debian/dists/bookworm", "/debian/dists/", "text/html", "", "/debian")]
    [InlineData("brew", "", "/api/formula.jws.json", "application/json", "{", "/api")]
    public async Task an_address_beside_it_is_found(
        string format, string path, string asked, string type, string answer, string instead)
    {
        Serve((asked, type, answer));
        Assert.EndsWith($"Write {_upstream.Address}{instead} instead. To add it all the same: auxo mirror add … --unchecked",
            await RefusedAsync(format, path, "mirror/wrong-upstream"));
        using var none = await registry.Host.GetAsync($"/repositories/{_name}");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        using var blindly = await AddAsync(format, path, check: false);
        Assert.Equal(HttpStatusCode.Created, blindly.StatusCode);
    }

    [Theory]
    [InlineData("npm", "a page for people")]
    [InlineData("pypi", "a page for people")]
    [InlineData("nuget", "a page for people")]
    [InlineData("oci", "a page for people")]
    [InlineData("brew", "a page for people")]
    public async Task a_web_site_that_answers_everything_is_no_registry(string format, string says)
    {
        _upstream.Answer = static http =>
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync("<!doctype html><p>Welcome");
        };
        Assert.Contains(says, await RefusedAsync(format, "/", "mirror/wrong-upstream"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("npm")]
    [InlineData("pypi")]
    [InlineData("nuget")]
    [InlineData("oci")]
    [InlineData("debian")]
    [InlineData("brew")]
    public async Task what_wants_a_password_breaks_off_is_huge_or_broken_is_none_either(string format)
    {
        _upstream.Answer = static http =>
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"us\"";
            return Task.CompletedTask;
        };
        Assert.Contains("without a name and a password (401)", await RefusedAsync(format, "", "mirror/wrong-upstream"),
            StringComparison.Ordinal);

        _upstream.Answer = static async http =>
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = 100_000_000;
            await http.Response.WriteAsync("{\"a\"");
            await http.Response.Body.FlushAsync();
            http.Abort();
        };
        if (format is not ("debian" or "brew"))
        {
            using var broken = await AddAsync(format, "");
            Assert.False(broken.IsSuccessStatusCode);
        }

        _upstream.Answer = static http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        Assert.Contains("it answered 503", await RefusedAsync(format, "", "mirror/upstream-not-reached", 502), StringComparison.Ordinal);
        await _upstream.DisposeAsync();
        Assert.Contains("nobody answers there", await RefusedAsync(format, "", "mirror/upstream-not-reached", 502),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "Bearer realm=\"REALM\",service=\"us\"", null, true)] // Its place for tokens gives none without a scope.
    [InlineData(200, null, "registry/2.0", true)]
    [InlineData(404, null, "registry/2.0", false)]
    [InlineData(200, null, null, false)]
    public async Task a_registry_of_images_is_known_by_its_challenge_or_its_header(
        int status, string? challenge, string? version, bool fits)
    {
        _upstream.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Path == "/v2/" ? status : 403;
            if (challenge is not null) http.Response.Headers.WWWAuthenticate = challenge.Replace("REALM", $"{_upstream.Address}/token",
                StringComparison.Ordinal);
            if (version is not null) http.Response.Headers["Docker-Distribution-Api-Version"] = version;
            return Task.CompletedTask;
        };
        using var added = await AddAsync("oci", "");
        Assert.Equal(fits ? HttpStatusCode.Created : HttpStatusCode.BadRequest, added.StatusCode);
    }

    [Fact]
    public async Task an_address_that_may_not_be_called_is_not()
    {
        await using var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);
        using var refused = await host.Client.PutAsJsonAsync(
            "/repositories/npm", new { format = "npm", upstream = _upstream.Address, checkUpstream = true });
        Assert.Contains("Auxo__Egress__Allow", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_upstream.Asked);
    }

    [Theory]
    [InlineData("npm", "https://www.npmjs.com/", "https://registry.npmjs.org/")]
    [InlineData("pypi", "https://pypi.python.org/pypi", "https://pypi.org/simple/")]
    [InlineData("nuget", "https://www.nuget.org/api/v2", "https://api.nuget.org/v3/index.json")]
    [InlineData("oci", "https://hub.docker.com/", "https://registry-1.docker.io")]
    [InlineData("oci", "https://registry-1.docker.io/", null)]
    [InlineData("oci", "https://notdocker.com/", null)]
    [InlineData("debian", "https://deb.debian.org/", "https://deb.debian.org/debian")]
    [InlineData("brew", "https://brew.sh", "https://formulae.brew.sh/api")]
    public void of_sites_that_people_know_the_registry_is_said(string format, string address, string? instead)
        => Assert.Equal(instead, AddressHints.InsteadOf(format, new Uri(address)));

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private void Serve((string Path, string Type, string Answer) one) => _upstream.Answer = http =>
    {
        http.Response.StatusCode = http.Request.Path == one.Path ? 200 : 404;
        if (http.Response.StatusCode == 404) return Task.CompletedTask;
        http.Response.ContentType = one.Type;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(one.Answer);
    };

    private Task<HttpResponseMessage> AddAsync(string format, string path, bool check = true)
        => registry.Host.Client.PutAsJsonAsync(
            $"/repositories/{_name}", new { format, upstream = _upstream.Address + path, checkUpstream = check });

    private async Task<string> RefusedAsync(string format, string path, string type, int status = 400)
    {
        using var refused = await AddAsync(format, path);
        Assert.Equal(((HttpStatusCode)status, type), await refused.ProblemAsync());
        return (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]!;
    }

    /// <summary>One for all of them.</summary>
    public sealed class Registry(PostgresFixture postgres) : IAsyncLifetime
    {
        public RegistryHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName,
            ("Auxo:Egress:Allow", "127.0.0.1"));

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
