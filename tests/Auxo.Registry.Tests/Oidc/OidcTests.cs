using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Tests.People;
using Auxo.Testing;

using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;

namespace Auxo.Registry.Tests.Oidc;

/// <summary>Tokens of a real OpenID Connect provider, and what only looks like one.</summary>
public sealed class OidcTests(PostgresFixture postgres) : IAsyncLifetime
{
    private OidcServer _provider = null!;
    private RegistryHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await OidcServer.StartAsync();
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName,
            ("Auxo:Console:PublicUrl", "https://ci.example.org"), ("Auxo:Oidc:Issuer", _provider.Issuer),
            ("Auxo:Oidc:Audience", "auxo, another"),
            ("Auxo:Oidc:Groups", "developers=registry:read registry:write:npm; admins=admin"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task a_token_of_the_provider_opens_what_the_groups_may()
    {
        var token = await _provider.ProgramTokenAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(token, "/repositories"));
        Assert.Equal(HttpStatusCode.Forbidden, await _host.TryAsync(token, "/tokens"));
        Assert.Equal(HttpStatusCode.OK, await BasicAsync(token, "/repositories"));
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(_provider.Token(audience: "another", groups: ["x", "admins"]), "/tokens"));
        Assert.Contains("let-in deployer 5", await LogAsync());
        // Auxo's own tokens are what they were.
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(_host.Token, "/tokens"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync("auxo_wrong", "/repositories"));
    }

    [Fact]
    public async Task what_only_looks_like_one_is_refused_and_the_log_says_why()
    {
        using var other = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var open = Encoding.UTF8.GetBytes(_provider.Key.Rsa.ExportSubjectPublicKeyInfoPem());
        var shared = new SymmetricSecurityKey(open) { KeyId = "first" };
        var good = _provider.Token().Split('.');
        var (now, claims) = (DateTimeOffset.UtcNow.UtcDateTime, Decode(good[1]));
        foreach (var (token, why) in new[]
        {
            (_provider.Token(issuer: "https://elsewhere.example.org/"), "wrong_issuer"),
            (_provider.Token(issuer: _provider.Issuer.TrimEnd('/')), "wrong_issuer"),
            (_provider.Token(audience: "auxo2"), "wrong_audience"),
            (_provider.Token(audience: null), "wrong_audience"),
            (_provider.Token(expires: now.AddMinutes(-2)), "expired"),
            (_provider.Token(notBefore: now.AddMinutes(4)), "expired"),
            // Signed by somebody else, under the name of the right key, under another, and with the public key as a secret.
            (_provider.Token(key: new RsaSecurityKey(other) { KeyId = "first" }), "wrong_signature"),
            (_provider.Token(key: new RsaSecurityKey(other) { KeyId = "second" }), "wrong_signature"),
            (_provider.Token(key: new ECDsaSecurityKey(curve) { KeyId = "first" }, algorithm: "ES256"), "wrong_signature"),
            (_provider.Token(key: shared, algorithm: "HS256"), "wrong_signature"),
            // Not signed at all, and with what was signed for something else.
            ($"{Encode("""{"alg":"none","typ":"JWT"}""")}.{good[1]}.", "wrong_signature"),
            ($"{Encode("""{"alg":"None","kid":"first"}""")}.{good[1]}.{good[2]}", "wrong_signature"),
            ($"{good[0]}.{Encode(claims.Replace("developers", "admins", StringComparison.Ordinal))}.{good[2]}", "wrong_signature"),
            ($"{good[0]}.{good[1]}.{good[2][..^4]}AAAA", "wrong_signature"),
            ($"{good[0]}.{good[1]}.", "wrong_signature"),
            ("eyJ.eyJ.x", "malformed"), ($"{good[0]}.!!.{good[2]}", "malformed"),
            (_provider.Token(groups: []), "no_group"), (_provider.Token(groups: ["Develop"]), "no_group"),
            (_provider.Token(name: null), "unknown_name"), (_provider.Token(name: "a\nb"), "unknown_name"),
            (_provider.Token(name: "admin"), "unknown_name"), (_provider.Token(name: new string('a', 101)), "unknown_name"),
        })
        {
            // What the last round brought is written before it is taken away.
            await LogAsync();
            await _host.ExecuteAsync("truncate access.authentications");
            Assert.True(await _host.TryAsync(token, "/repositories") == HttpStatusCode.Unauthorized, why + " " + token);
            var row = Assert.Single(await LogAsync(), static r => !r.Contains(" test ", StringComparison.Ordinal));
            Assert.True(row.StartsWith(why + " ", StringComparison.Ordinal), $"{row} instead of {why}: {token}");
            using var session = await _host.StartSessionAsync(new { idToken = token });
            Assert.Equal((HttpStatusCode.Unauthorized, "session/refused"), await session.ProblemAsync());
        }
    }

    [Fact]
    public async Task a_provider_that_is_away_lets_nobody_in()
    {
        var token = _provider.Token();
        await _provider.StopAsync();
        using (var answer = await _host.SendAsync(token, HttpMethod.Get, "/repositories"))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "access/provider-away"), await answer.ProblemAsync());
        using (var session = await _host.StartSessionAsync(new { idToken = token }))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "access/provider-away"), await session.ProblemAsync());
        Assert.Contains(await LogAsync(), static r => r.StartsWith("authority_away", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(_host.Token, "/repositories"));
        await _provider.RunAsync();
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(token, "/repositories"));
    }

    [Fact]
    public async Task a_token_makes_a_session_that_works_as_all_others()
    {
        using var answer = await _host.StartSessionAsync(new { idToken = _provider.Token(name: "Dave@Example.org") });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = (await answer.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        Assert.Equal(("dave@example.org", "oidc"), ((string)made["token"]!["name"]!, (string)made["token"]!["role"]!));
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync((string)made["text"]!, "/repositories"));
        using var image = new HttpClient { BaseAddress = _host.Address };
        image.DefaultRequestHeaders.Authorization = Basic(_provider.Token());
        Assert.StartsWith(
            "auxo_", (string)(await image.GetFromJsonAsync<JsonNode>("/v2/token", Ct))!["token"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_name_of_auxos_own_is_never_the_providers()
    {
        (await _host.Client.PostAsJsonAsync("/tokens", new { name = "Dave", scopes = (string[])["admin"] }, Ct)).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync(_provider.Token(), "/repositories"));
        Assert.Contains("name_taken Dave 1", await LogAsync());
    }

    [Fact]
    public async Task people_sign_in_at_the_provider_and_come_back_with_a_code()
    {
        var (way, code) = await ComeBackAsync("Erin");
        var fits = new
        {
            code, verifier = (string)way["verifier"]!, nonce = (string)way["nonce"]!, address = "https://ci.example.org",
        };
        using var session = await _host.StartSessionAsync(new { authorization = fits });
        Assert.True(session.StatusCode == HttpStatusCode.Created, await session.Content.ReadAsStringAsync(Ct));
        var made = (await session.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        Assert.Equal("erin", (string)made["token"]!["name"]!);
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync((string)made["text"]!, "/repositories"));

        // Of another browser, of another question, and no code at all.
        var (other, _) = await ComeBackAsync("erin");
        foreach (var wrong in new[]
        {
            fits with { verifier = (string)other["verifier"]! }, fits with { nonce = (string)other["nonce"]! }, fits with { code = "x" },
        })
        {
            using var refused = await _host.StartSessionAsync(new { authorization = wrong });
            Assert.Equal((HttpStatusCode.Unauthorized, "session/refused"), await refused.ProblemAsync());
        }

        using var elsewhere = await _host.StartSessionAsync(new { authorization = fits with { address = "https://evil.example.org" } });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "session/foreign-address"), await elsewhere.ProblemAsync());
        Assert.Contains("wrong_code - 2", await LogAsync());
    }

    [Theory]
    [InlineData("https://evil.example.org")]
    [InlineData("https://ci.example.org@evil.example.org")]
    [InlineData("https://ci.example.org/login")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ci.example.org")]
    [InlineData("")]
    [InlineData(null)]
    public async Task a_way_back_leads_to_the_console_only(string? address)
    {
        using var answer = await _host.StartSessionAsync(new { }, null);
        Assert.Equal((HttpStatusCode.BadRequest, "session/incomplete"), await answer.ProblemAsync());
        using var refused = await _host.SendAsync(null, HttpMethod.Post, "/sessions/authorizations", new { address });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "session/foreign-address"), await refused.ProblemAsync());
    }

    /// <summary>Goes to the provider as a browser does, and comes back.</summary>
    private async Task<(JsonNode Way, string Code)> ComeBackAsync(string person)
    {
        using var asked = await _host.SendAsync(
            null, HttpMethod.Post, "/sessions/authorizations", new { address = "https://ci.example.org" });
        var way = (await asked.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var back = await browser.GetAsync(new Uri($"{way["url"]}&login_hint={person}"), Ct);
        Assert.StartsWith("https://ci.example.org/login/provider/back?", back.Headers.Location?.ToString(), StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(back.Headers.Location!.Query);
        Assert.Equal((string)way["state"]!, query["state"]);
        return (way, query["code"].ToString());
    }

    private static string Encode(string text) => Base64UrlEncoder.Encode(text);

    private static string Decode(string text) => Base64UrlEncoder.Decode(text);

    private static AuthenticationHeaderValue Basic(string token)
        => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{token}")));

    private async Task<HttpStatusCode> BasicAsync(string token, string path)
    {
        using var client = new HttpClient { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.Authorization = Basic(token);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return answer.StatusCode;
    }

    /// <summary>What the log has, as outcome, name and number.</summary>
    private async Task<List<string>> LogAsync()
        => [.. (await _host.Client.GetFromJsonAsync<JsonNode>("/authentications?limit=1000", Ct))!["items"]!.AsArray()
            .Select(static t => $"{((bool)t!["accepted"]! ? "let-in" : (string)t["refusal"]!)} {(string?)t["name"] ?? "-"} {t["times"]}")];
}
