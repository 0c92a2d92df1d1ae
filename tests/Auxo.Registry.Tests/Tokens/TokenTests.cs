using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Registry.Tokens;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Tokens;

public sealed class TokenTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);

    [Fact]
    public async Task a_token_works_as_soon_as_it_is_made_and_no_longer_once_it_is_revoked()
    {
        var (id, text) = await CreateAsync("ci", "registry:read");
        Assert.Equal(HttpStatusCode.OK, await TryAsync(text));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(text, "/tokens"));
        using var revoked = await _host.Client.DeleteAsync(new Uri($"/tokens/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(text));
        using var again = await _host.Client.DeleteAsync(new Uri($"/tokens/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        using var unknown = await _host.Client.DeleteAsync(new Uri("/tokens/nobody", UriKind.Relative));
        Assert.Equal((HttpStatusCode.NotFound, "token/not-found"), await unknown.ProblemAsync());
    }

    [Fact]
    public async Task only_the_hash_is_kept()
    {
        var (id, text) = await CreateAsync("ci", "registry:read");
        Assert.StartsWith("auxo_", text, StringComparison.Ordinal);
        Assert.Equal(32, await _host.ScalarAsync<int>($"select octet_length(hash) from access.tokens where id = '{id}'"));
        Assert.DoesNotContain(text, await _host.Client.GetStringAsync("/tokens?all=true"), StringComparison.Ordinal);
        Assert.Equal(0L, await _host.ScalarAsync<long>($"select count(*) from access.tokens t where t::text like '%{text}%'"));
    }

    [Fact]
    public async Task rotation_gives_a_new_token_while_the_old_one_works_a_little_longer()
    {
        var (old, oldText) = await CreateAsync("ci", "registry:read");
        var (fresh, freshText) = await RotateAsync("ci", 3600);
        Assert.NotEqual(old, fresh);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await TryAsync(oldText), await TryAsync(freshText)));
        // The name means the newer one; the old one cannot be rotated a second time.
        using var twice = await _host.Client.PostAsJsonAsync($"/tokens/{old}/rotate", new { });
        Assert.Equal((HttpStatusCode.Conflict, "token/already-replaced"), await twice.ProblemAsync());
        var (_, newest) = await RotateAsync("ci", 0);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await TryAsync(freshText), await TryAsync(newest)));
        await _host.ExecuteAsync("update access.tokens set expires_at = now() - interval '1 s' where id = $1", Guid.Parse(old));
        _host.Get<Auxo.ServiceDefaults.Access.AccessTokens>().Forget();
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(oldText));
        using var ended = await _host.Client.PostAsJsonAsync($"/tokens/{old}/rotate", new { });
        Assert.Equal((HttpStatusCode.Conflict, "token/ended"), await ended.ProblemAsync());
        var states = (await _host.Client.GetFromJsonAsync<JsonNode>("/tokens?all=true"))!["items"]!.AsArray()
            .Where(static t => (string)t!["name"]! == "ci").Select(static t => (string)t!["state"]!);
        Assert.Equal(["expired", "expired", "active"], states);
    }

    [Fact]
    public async Task all_tokens_of_an_account_end_with_its_name()
    {
        var texts = new[] { (await CreateAsync("ci", "registry:read")).Text, (await CreateAsync("ci", "registry:read")).Text };
        using var ambiguous = await _host.Client.PostAsJsonAsync("/tokens/ci/rotate", new { });
        Assert.Equal((HttpStatusCode.Conflict, "token/ambiguous"), await ambiguous.ProblemAsync());
        (await _host.Client.DeleteAsync(new Uri("/tokens/ci", UriKind.Relative))).Dispose();
        foreach (var text in texts) Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(text));
        Assert.DoesNotContain("\"ci\"", await _host.Client.GetStringAsync("/tokens"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"ci","scopes":[]}""", "token/invalid-scope")]
    [InlineData("""{"name":"ci","scopes":["registry:raed"]}""", "token/invalid-scope")]
    [InlineData("""{"name":"ci","scopes":["regsitry:read"]}""", "token/invalid-scope")]
    [InlineData("""{"name":"ci","scopes":["pipeline:read:x"]}""", "token/invalid-scope")]
    [InlineData("""{"name":"ci","scopes":[null]}""", "token/invalid-scope")]
    [InlineData("""{"name":"ci","scopes":["registry:read\n"]}""", "token/invalid-scope")]
    [InlineData("""{"name":"ci\n","scopes":["admin"]}""", "token/invalid-name")]
    [InlineData("""{"name":"","scopes":["admin"]}""", "token/invalid-name")]
    [InlineData("""{"name":"a\u0000b","scopes":["admin"]}""", "token/invalid-name")]
    [InlineData("""{"name":"ci","scopes":["admin"],"expiresInSeconds":0}""", "token/invalid-expiry")]
    [InlineData("""{"name":"ci","scopes":"admin"}""", "request/invalid-json")]
    public async Task what_makes_no_sense_is_refused(string body, string type)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var answer = await _host.Client.PostAsync(new Uri("/tokens", UriKind.Relative), content);
        Assert.Equal((HttpStatusCode.BadRequest, type), await answer.ProblemAsync());
    }

    [Fact]
    public async Task no_two_accounts_differ_by_capitals_only()
    {
        using var first = await _host.Client.PostAsJsonAsync("/tokens", new { name = "Nightly", scopes = new[] { "registry:read" } });
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        using var other = await _host.Client.PostAsJsonAsync("/tokens", new { name = "nightly", scopes = new[] { "registry:read" } });
        Assert.Equal((HttpStatusCode.Conflict, "token/name-taken"), await other.ProblemAsync());
        using var same = await _host.Client.PostAsJsonAsync("/tokens", new { name = "Nightly", scopes = new[] { "registry:read" } });
        Assert.Equal(HttpStatusCode.Created, same.StatusCode);
    }

    [Fact]
    public async Task the_accounts_of_auxo_itself_are_left_alone()
    {
        foreach (var name in (string[])["admin", "Registry"])
        {
            using var create = await _host.Client.PostAsJsonAsync("/tokens", new { name, scopes = new[] { "admin" } });
            Assert.Equal((HttpStatusCode.Conflict, "token/reserved-name"), await create.ProblemAsync());
        }

        await _host.ExecuteAsync("insert into access.tokens (name, hash, scopes) values ('admin', sha256('x'), '{admin}')");
        using var revoke = await _host.Client.DeleteAsync(new Uri("/tokens/admin", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Conflict, "token/reserved-name"), await revoke.ProblemAsync());
    }

    [Theory]
    [InlineData("registry:read:my-repo.1")]
    [InlineData("pipeline:write")]
    [InlineData("pipeline:runner:gpu-1")]
    [InlineData("registry:manage")]
    [InlineData("notify:send")]
    [InlineData("metrics:report")]
    [InlineData("admin")]
    public void scopes_that_there_are(string scope) => Assert.Null(TokenScopes.Refuse([scope]));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<(string Id, string Text)> CreateAsync(string name, params string[] scopes)
    {
        using var answer = await _host.Client.PostAsJsonAsync("/tokens", new { name, scopes, expiresInSeconds = 86_400 });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return Of((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    private async Task<(string Id, string Text)> RotateAsync(string token, int overlapSeconds)
    {
        using var answer = await _host.Client.PostAsJsonAsync($"/tokens/{token}/rotate", new { overlapSeconds });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return Of((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    private static (string, string) Of(JsonNode answer) => ((string)answer["token"]!["id"]!, (string)answer["text"]!);

    private async Task<HttpStatusCode> TryAsync(string token, string path = "/repositories")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _host.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
