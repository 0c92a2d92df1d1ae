using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Tests.People;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Ldap;

/// <summary>People of a real LDAP server: who gets in with what, and who does not.</summary>
public sealed class LdapTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Groups =
        "Web Developers=registry:read registry:write:npm/@web/*; cn=operators,ou=groups,dc=example,dc=org=developer";

    private SlapdServer _ldap = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ldap = await SlapdServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_ldap is not null) await _ldap.DisposeAsync();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task a_name_and_its_password_open_what_the_groups_may(bool searches, bool fromTheBegin)
    {
        await using var host = await StartAsync([.. searches
            ? new[]
            {
                ("Auxo:Ldap:UserBase", "dc=example,dc=org"), ("Auxo:Ldap:BindDn", "cn=searcher,dc=example,dc=org"),
                ("Auxo:Ldap:BindPasswordFile", _ldap.PasswordFile),
            }
            : [Template], ("Auxo:Ldap:Url", fromTheBegin ? _ldap.TlsUrl : _ldap.Url)]);
        Assert.Equal(HttpStatusCode.OK, await BasicAsync(host, "alice", "alice's password", "/repositories"));
        Assert.Equal(HttpStatusCode.OK, await BasicAsync(host, " Alice", "alice's password", "/repositories"));
        Assert.Equal(HttpStatusCode.Forbidden, await BasicAsync(host, "alice", "alice's password", "/tokens"));
        Assert.Equal(HttpStatusCode.OK, await BasicAsync(host, "bob", "bob's password", "/repositories"));
        foreach (var (user, password) in new[]
        {
            ("alice", "bob's password"), ("alice", "alice's passwor"), ("alice", ""), ("nobody", "alice's password"), ("nobody", "x"),
            // In no group that is named.
            ("carol", "carol's password"),
        }) Assert.Equal(HttpStatusCode.Unauthorized, await BasicAsync(host, user, password, "/repositories"));

        var rows = await LogAsync(host);
        Assert.Contains("let-in alice 3", rows);
        Assert.Contains("let-in bob 1", rows);
        Assert.Contains(rows, static r => r.StartsWith("no_group", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "'s password", await host.ScalarAsync<string>("select string_agg(a::text, ' ') from access.authentications a"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("alice)(uid=*")]
    [InlineData("a*")]
    [InlineData("alice,ou=people")]
    [InlineData("alice\0")]
    [InlineData("uid=alice,ou=people,dc=example,dc=org")]
    [InlineData("alice+cn=Alice")]
    [InlineData("аlice")] // the first letter is Cyrillic
    public async Task what_means_something_to_the_server_is_no_name(string name)
    {
        await using var host = await StartAsync(Template);
        Assert.Equal(HttpStatusCode.Unauthorized, await BasicAsync(host, name, "alice's password", "/repositories"));
        using var session = await host.StartSessionAsync(new { name, password = "alice's password" });
        Assert.Equal((HttpStatusCode.Unauthorized, "session/refused"), await session.ProblemAsync());
    }

    [Fact]
    public async Task signing_in_makes_a_session_that_ends_like_all_others_and_keeps_the_name()
    {
        await using var host = await StartAsync(Template);
        using var answer = await host.StartSessionAsync(new { name = "Alice", password = "alice's password" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = (await answer.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        Assert.Equal(
            ("alice", "alice", "ldap", "registry:read registry:write:npm/@web/*"),
            ((string)made["token"]!["name"]!, (string)made["token"]!["person"]!, (string)made["token"]!["role"]!,
                string.Join(' ', made["token"]!["scopes"]!.AsArray().Select(static s => (string)s!))));
        var text = (string)made["text"]!;
        Assert.Equal(HttpStatusCode.OK, await host.TryAsync(text, "/repositories"));
        Assert.Equal(HttpStatusCode.OK, await host.TryAsync(text, "/tokens/self"));
        Assert.Equal(HttpStatusCode.Forbidden, await host.TryAsync(text, "/people"));

        // Nobody else is called so from now on.
        using var token = await host.Client.PostAsJsonAsync("/tokens", new { name = "alice", scopes = (string[])["admin"] }, Ct);
        Assert.Equal((HttpStatusCode.Conflict, "token/name-of-a-person"), await token.ProblemAsync());
        using var person = await host.AddPersonAsync("alice", "admin", "correct horse battery");
        Assert.Equal((HttpStatusCode.Conflict, "person/name-taken"), await person.ProblemAsync());

        using var end = await host.SendAsync(text, HttpMethod.Delete, "/sessions/self");
        Assert.Equal(HttpStatusCode.NoContent, end.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.TryAsync(text, "/repositories"));
    }

    [Fact]
    public async Task a_name_of_auxos_own_is_never_the_directorys()
    {
        await using var host = await StartAsync(Template);
        (await host.Client.PostAsJsonAsync("/tokens", new { name = "CI", scopes = (string[])["admin"] }, Ct)).Dispose();
        (await host.AddPersonAsync("bob", "viewer", "correct horse battery")).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, await BasicAsync(host, "ci", "ci's password", "/repositories"));
        foreach (var (name, password) in new[] { ("ci", "ci's password"), ("bob", "bob's password") })
        {
            using var refused = await host.StartSessionAsync(new { name, password });
            Assert.Equal((HttpStatusCode.Unauthorized, "session/refused"), await refused.ProblemAsync());
        }

        var session = await host.SignInAsync("bob", "correct horse battery");
        Assert.Equal(HttpStatusCode.OK, await host.TryAsync(session, "/repositories"));
    }

    [Fact]
    public async Task npm_and_clients_of_images_log_in_and_get_a_token_of_auxos_own()
    {
        await using var host = await StartAsync(Template);
        await host.DefineAsync("npm", format: "npm");
        await host.DefineAsync("oci", format: "oci");
        using var npm = await host.SendAsync(
            null, HttpMethod.Put, "/npm/npm/-/user/org.couchdb.user:alice", new { name = "alice", password = "alice's password" });
        Assert.Equal(HttpStatusCode.Created, npm.StatusCode);
        var npmToken = (string)(await npm.Content.ReadFromJsonAsync<JsonNode>(Ct))!["token"]!;
        Assert.Equal(HttpStatusCode.OK, await host.TryAsync(npmToken, "/npm/npm/-/whoami"));

        var tokens = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            using var client = Client(host, "alice", "alice's password");
            var answer = (await client.GetFromJsonAsync<JsonNode>("/v2/token?scope=repository:oci/web:pull,push", Ct))!;
            Assert.Equal("repository:oci/web:pull", (string)answer["scope"]!);
            Assert.Equal(HttpStatusCode.OK, await host.TryAsync((string)answer["token"]!, "/v2/"));
            tokens.Add((string)answer["token"]!);
            using var form = new FormUrlEncodedContent(
                [new("grant_type", "password"), new("username", "alice"), new("password", "alice's password")]);
            using var posted = await client.PostAsync(new Uri("/v2/token", UriKind.Relative), form, Ct);
            tokens.Add((string)(await posted.Content.ReadFromJsonAsync<JsonNode>(Ct))!["token"]!);
        }

        Assert.Single(tokens);
        using var wrong = Client(host, "alice", "wrong");
        using var refused = await wrong.GetAsync(new Uri("/v2/token", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        // From a page of another site, with a password that the browser remembers.
        using var page = Client(host, "alice", "alice's password");
        page.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example.org");
        using var asked = await page.GetAsync(new Uri("/v2/token", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
    }

    [Fact]
    public async Task a_server_that_is_away_lets_nobody_in_and_tokens_work_on()
    {
        await using var host = await StartAsync(Template, ("Auxo:Ldap:CacheSeconds", "0"));
        Assert.Equal(HttpStatusCode.OK, await BasicAsync(host, "alice", "alice's password", "/repositories"));
        await _ldap.StopAsync();
        using (var client = Client(host, "alice", "alice's password"))
        {
            using var answer = await client.GetAsync(new Uri("/repositories", UriKind.Relative), Ct);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "access/directory-away"), await answer.ProblemAsync());
        }

        using var session = await host.StartSessionAsync(new { name = "alice", password = "alice's password" });
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "access/directory-away"), await session.ProblemAsync());
        Assert.Equal(HttpStatusCode.OK, await host.TryAsync(host.Token, "/repositories"));
        Assert.Contains(await LogAsync(host), static r => r.StartsWith("authority_away", StringComparison.Ordinal));
        await _ldap.RunAsync();
        Assert.Equal(HttpStatusCode.OK, await BasicAsync(host, "alice", "alice's password", "/repositories"));
    }

    [Fact]
    public async Task a_server_with_a_certificate_of_another_authority_is_not_asked_for_anything()
    {
        var other = await Identities.TestCertificates.MakeAsync(Directory.CreateTempSubdirectory("auxo-ca-").FullName);
        foreach (var url in (string[])[_ldap.Url, _ldap.TlsUrl])
        {
            await using var host = await StartAsync(Template, ("Auxo:Ldap:CaFile", other.Authority), ("Auxo:Ldap:Url", url));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await BasicAsync(host, "alice", "alice's password", "/repositories"));
        }
    }

    [Fact]
    public async Task a_guesser_has_to_wait_and_the_same_wrong_password_is_asked_for_once()
    {
        await using var host = await StartAsync(Template);
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await BasicAsync(host, "alice", "wrong", "/repositories"));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++) answers.Add(await BasicAsync(host, "alice", $"guess {i}", "/repositories"));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.DoesNotContain(HttpStatusCode.OK, answers);
        using var session = await host.StartSessionAsync(new { name = "alice", password = "guess" });
        Assert.Equal((HttpStatusCode.TooManyRequests, "session/too-many-tries"), await session.ProblemAsync());
        Assert.True(session.Headers.RetryAfter is not null);
    }

    private static (string, string) Template => ("Auxo:Ldap:UserDn", "uid={name},ou=people,dc=example,dc=org");

    private async Task<RegistryHost> StartAsync(params (string Name, string Value)[] settings)
        => await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName,
            [
                ("Auxo:Ldap:Url", _ldap.Url), ("Auxo:Ldap:CaFile", _ldap.Certificates.Authority),
                ("Auxo:Ldap:GroupBase", "ou=groups,dc=example,dc=org"), ("Auxo:Ldap:Groups", Groups), .. settings,
            ]);

    private static HttpClient Client(RegistryHost host, string user, string password)
    {
        var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        return client;
    }

    private static async Task<HttpStatusCode> BasicAsync(RegistryHost host, string user, string password, string path)
    {
        using var client = Client(host, user, password);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return answer.StatusCode;
    }

    /// <summary>What the log has of LDAP, as outcome, name and number.</summary>
    private static async Task<List<string>> LogAsync(RegistryHost host)
        => [.. (await host.Client.GetFromJsonAsync<JsonNode>("/authentications?limit=1000", Ct))!["items"]!.AsArray()
            .Select(static t => $"{((bool)t!["accepted"]! ? "let-in" : (string)t["refusal"]!)} {(string?)t["name"] ?? "-"} {t["times"]}")];
}
