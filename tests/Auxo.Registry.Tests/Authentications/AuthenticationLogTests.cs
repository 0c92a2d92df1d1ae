using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Authentications;
using Auxo.Registry.Tests.People;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Authentications;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Authentications;

/// <summary>Who tried to get in, with what, from where, and why not.</summary>
public sealed class AuthenticationLogTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private RegistryHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
        => _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task equal_tries_are_one_row_that_counts_them_with_the_token_that_was_used()
    {
        var (id, text) = await CreateAsync("ci");
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(text, "/repositories"));
        using (var basic = await BasicAsync("anybody", text)) Assert.Equal(HttpStatusCode.OK, basic.StatusCode);
        using (var other = await _host.SendAsync(text, HttpMethod.Get, "/repositories", from: "192.0.2.7, 2001:db8:1:2:3::4")) { }

        Assert.Equal(
            [$"bearer let-in 127.0.0.1 ci {id} 5", $"basic let-in 127.0.0.1 ci {id} 1", $"bearer let-in 2001:db8:1:2:: ci {id} 1"],
            (await RowsAsync("name=ci")).OrderByDescending(static r => r.EndsWith('5')).ThenBy(static r => r, StringComparer.Ordinal));
    }

    [Fact]
    public async Task who_was_refused_is_named_where_the_token_was_once_good_and_the_reason_is_said()
    {
        var (revoked, expired) = (await CreateAsync("gone"), await CreateAsync("late"));
        (await _host.Client.DeleteAsync(new Uri($"/tokens/{revoked.Id}", UriKind.Relative), Ct)).Dispose();
        await _host.ExecuteAsync("update access.tokens set expires_at = now() - interval '1 s' where id = $1", Guid.Parse(expired.Id));
        _host.Get<AccessTokens>().Forget();
        foreach (var text in (string[])[revoked.Text, expired.Text, "auxo_never", "auxo_build_x.y"])
            Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync(text, "/repositories"));
        using (var key = await WithAsync("X-NuGet-ApiKey", revoked.Text)) { }
        using (var header = await WithAsync("Authorization", "Digest x")) { }

        Assert.Equal(
            [
                "bearer expired 127.0.0.1 late " + expired.Id + " 1", "bearer malformed 127.0.0.1 - - 1",
                "bearer revoked 127.0.0.1 gone " + revoked.Id + " 1", "bearer unknown_token 127.0.0.1 - - 1",
                "build build_token 127.0.0.1 - - 1", "nuget_key revoked 127.0.0.1 gone " + revoked.Id + " 1",
            ],
            (await RowsAsync("failed=true")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task signing_in_is_written_down_and_a_name_that_nobody_has_is_not()
    {
        (await _host.AddPersonAsync("alice", "developer", Password)).Dispose();
        var session = await _host.SignInAsync("alice", Password);
        (await _host.StartSessionAsync(new { name = "Alice", password = "wrong" })).Dispose();
        (await _host.StartSessionAsync(new { name = Password, password = "x" }, "192.0.2.9")).Dispose();
        for (var i = 0; i < 6; i++) (await _host.StartSessionAsync(new { name = "alice", password = $"{i}" })).Dispose();
        (await _host.StartSessionAsync(new { challenge = "x", signature = "y" })).Dispose();

        var rows = await RowsAsync("limit=100");
        Assert.Single(rows, static r => r.StartsWith("password let-in 127.0.0.1 alice ", StringComparison.Ordinal));
        Assert.Contains("password wrong_password 127.0.0.1 alice - 5", rows);
        Assert.Contains("password too_many_tries 127.0.0.1 alice - 2", rows);
        Assert.Contains("password unknown_name 192.0.2.9 - - 1", rows);
        Assert.Contains("key wrong_signature 127.0.0.1 - - 1", rows);
        await AssertNothingSecretAsync(Password, session);
    }

    [Fact]
    public async Task package_clients_are_in_it_by_how_they_log_in()
    {
        await _host.DefineAsync("npm", format: "npm");
        var (id, text) = await CreateAsync("ci");
        foreach (var password in (string[])[text, "auxo_wrong"])
            (await _host.SendAsync(null, HttpMethod.Put, "/npm/npm/-/user/org.couchdb.user:ci", new { name = "ci", password })).Dispose();
        foreach (var password in (string[])[text, "auxo_wrong"])
        {
            using var client = new HttpClient { BaseAddress = _host.Address };
            using var form = new FormUrlEncodedContent(
                [KeyValuePair.Create("grant_type", "password"), KeyValuePair.Create("password", password)]);
            (await client.PostAsync(new Uri("/v2/token", UriKind.Relative), form, Ct)).Dispose();
        }

        Assert.Equal(
            [
                $"basic let-in 127.0.0.1 ci {id} 1", "basic unknown_token 127.0.0.1 - - 1",
                $"npm_login let-in 127.0.0.1 ci {id} 1", "npm_login unknown_token 127.0.0.1 ci - 1",
            ],
            (await RowsAsync("limit=100")).Where(static r => !r.Contains(" test ", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
        await AssertNothingSecretAsync(text, "auxo_wrong");
    }

    [Fact]
    public async Task a_flood_of_one_day_fills_its_rows_and_then_counts_on_without_names()
    {
        await _host.ExecuteAsync(
            """
            insert into access.authentications
            select (now() at time zone 'UTC')::date, 'registry', 'bearer', 'unknown_token', i::text, '', '', now(), now(), 1
            from generate_series(1, 5000) i
            """);
        var (id, text) = await CreateAsync("ci");
        for (var i = 0; i < 3; i++) (await _host.SendAsync("auxo_wrong", HttpMethod.Get, "/repositories", from: $"192.0.2.{i}")).Dispose();
        (await _host.SendAsync(text, HttpMethod.Get, "/repositories", from: "192.0.2.1")).Dispose();
        var rows = await RowsAsync("limit=5000");
        Assert.Contains("bearer unknown_token many - - 3", rows);
        // Who is let in is still named.
        Assert.Contains($"bearer let-in 192.0.2.1 ci {id} 1", rows);
    }

    [Fact]
    public async Task old_rows_go_and_a_question_may_be_narrow()
    {
        await _host.ExecuteAsync(
            """
            insert into access.authentications
            select at::date, 'notify', 'bearer', 'revoked', address, 'ci', '', at, at, 1
            from (values (now() - interval '91 days', '192.0.2.7'), (now() - interval '3 days', '192.0.2.8')) as old (at, address)
            """);
        Assert.Equal(2, (await RowsAsync("failed=true")).Count);
        Assert.Empty(await RowsAsync($"failed=true&since={DateTimeOffset.UtcNow.AddDays(-2):yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.Single(await RowsAsync("address=192.0.2.8"));
        Assert.Empty(await RowsAsync("name=%00&failed=true"));
        await ActivatorUtilities.CreateInstance<ForgetAuthentications>(_host.Get<IServiceProvider>()).ForgetAsync(Ct);
        Assert.Equal(["bearer revoked 192.0.2.8 ci - 1"], await RowsAsync("failed=true"));
        foreach (var wrong in (string[])["limit=0", "limit=5001", "since=yesterday", "failed=perhaps"])
        {
            using var answer = await _host.Client.GetAsync(new Uri($"/authentications?{wrong}", UriKind.Relative), Ct);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task what_came_while_the_database_refused_is_written_afterwards_and_metrics_count_it()
    {
        var (_, text) = await CreateAsync("ci");
        await _host.TryAsync(text, "/repositories");
        await _host.ExecuteAsync("alter table access.authentications rename to away");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _host.Get<AuthenticationLog>().WriteAsync(Ct));
        await _host.TryAsync(text, "/repositories");
        await _host.ExecuteAsync("alter table access.away rename to authentications");
        Assert.EndsWith(" 2", Assert.Single(await RowsAsync("name=ci")), StringComparison.Ordinal);
        await _host.TryAsync("auxo_wrong", "/repositories");
        var metrics = await _host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Ct);
        Assert.Matches("""auxo_authentications_total\{kind="bearer",outcome="accepted"\} \d""", metrics);
        Assert.Contains("""auxo_authentications_total{kind="bearer",outcome="refused"} 1""", metrics, StringComparison.Ordinal);
    }

    private async Task<(string Id, string Text)> CreateAsync(string name)
    {
        using var answer = await _host.Client.PostAsJsonAsync("/tokens", new { name, scopes = (string[])["registry:read"] }, Ct);
        var made = (await answer.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        return ((string)made["token"]!["id"]!, (string)made["text"]!);
    }

    /// <summary>Each as kind, outcome, address, name, token and number.</summary>
    private async Task<List<string>> RowsAsync(string query)
        => [.. (await _host.Client.GetFromJsonAsync<JsonNode>($"/authentications?{query}", Ct))!["items"]!.AsArray().Select(static t
            => $"{t!["kind"]} {((bool)t["accepted"]! ? "let-in" : (string)t["refusal"]!)} {t["address"]} {(string?)t["name"] ?? "-"} "
                + $"{(string?)t["tokenId"] ?? "-"} {t["times"]}")];

    private Task<HttpResponseMessage> BasicAsync(string user, string password)
        => WithAsync("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private async Task<HttpResponseMessage> WithAsync(string name, string value)
    {
        using var client = new HttpClient { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return await client.GetAsync(new Uri("/repositories", UriKind.Relative), Ct);
    }

    private async Task AssertNothingSecretAsync(params string[] secrets)
    {
        var all = await _host.ScalarAsync<string>("select string_agg(a::text, ' ') from access.authentications a");
        Assert.All(secrets, s => Assert.DoesNotContain(s, all, StringComparison.OrdinalIgnoreCase));
    }
}
