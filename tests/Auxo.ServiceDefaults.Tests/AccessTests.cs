using System.Net;
using System.Text;
using System.Text.Json;

using Alba;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.ServiceDefaults.Tests;

public sealed class AccessTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_route_without_a_rule_is_for_administrators_only()
    {
        await using var service = await StartAsync();
        var reader = await service.TokenAsync("reader", "pipeline:read");
        var admin = await service.TokenAsync("admin", "admin");

        await service.Http.GetAsync("/forgotten", HttpStatusCode.Unauthorized);
        await service.Http.GetAsync("/forgotten", HttpStatusCode.Forbidden, reader);
        await service.Http.GetAsync("/forgotten", HttpStatusCode.OK, admin);
    }

    [Fact]
    public async Task a_scope_opens_its_routes_and_no_others()
    {
        await using var service = await StartAsync();
        var reader = await service.TokenAsync("reader", "pipeline:read");

        await service.Http.GetAsync("/read", HttpStatusCode.OK, reader);
        var refused = await service.Http.GetAsync("/write", HttpStatusCode.Forbidden, reader);
        var problem = await refused.ReadAsJsonAsync<JsonElement>();
        Assert.Equal("auxo:access/missing-scope", problem.GetProperty("type").GetString());
        Assert.Contains("pipeline:write", problem.GetProperty("detail").GetString());
        await service.Http.GetAsync("/write", HttpStatusCode.OK, await service.TokenAsync("admin", "admin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("auxo_")]
    [InlineData("wrong")]
    [InlineData("' or 1=1 --")]
    [InlineData("a b c")]
    public async Task a_wrong_token_is_refused_in_the_same_words_as_none(string token)
    {
        await using var service = await StartAsync();

        var none = await service.Http.GetAsync("/read", HttpStatusCode.Unauthorized);
        var wrong = await service.Http.GetAsync("/read", HttpStatusCode.Unauthorized, token);

        Assert.Equal("Bearer realm=\"auxo\"", wrong.Context.Response.Headers.WWWAuthenticate);
        Assert.Equal(await DetailAsync(none), await DetailAsync(wrong));
    }

    [Theory]
    [InlineData("anybody:{token}", HttpStatusCode.OK)]
    [InlineData(":{token}", HttpStatusCode.OK)]
    [InlineData("{token}:", HttpStatusCode.Unauthorized)]
    [InlineData("{token}", HttpStatusCode.Unauthorized)]
    [InlineData("anybody:wrong", HttpStatusCode.Unauthorized)]
    [InlineData("anybody:{token}:more", HttpStatusCode.Unauthorized)]
    public async Task the_token_may_come_as_the_password_of_any_user(string credentials, HttpStatusCode expected)
    {
        await using var service = await StartAsync();
        var token = await service.TokenAsync("reader", "pipeline:read");
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials.Replace("{token}", token, StringComparison.Ordinal)));
        await service.Http.Scenario(s =>
        {
            s.Get.Url("/read");
            s.WithRequestHeader("Authorization", "Basic " + basic);
            s.StatusCodeShouldBe(expected);
        });
    }

    [Theory]
    [InlineData("Basic", "Sec-Fetch-Site", "cross-site", HttpStatusCode.Unauthorized)]
    [InlineData("Basic", "Sec-Fetch-Site", "same-site", HttpStatusCode.Unauthorized)]
    [InlineData("Basic", "Origin", "https://example.org", HttpStatusCode.Unauthorized)]
    [InlineData("Basic", "Sec-Fetch-Site", "none", HttpStatusCode.OK)]
    [InlineData("Bearer", "Sec-Fetch-Site", "cross-site", HttpStatusCode.OK)]
    public async Task a_password_that_a_browser_remembers_serves_no_page_of_another_site(
        string scheme, string name, string value, HttpStatusCode expected)
    {
        await using var service = await StartAsync();
        var token = await service.TokenAsync("reader", "pipeline:read");
        var credentials = scheme == "Bearer" ? token : Convert.ToBase64String(Encoding.UTF8.GetBytes("a:" + token));
        await service.Http.Scenario(s =>
        {
            s.Get.Url("/read");
            s.WithRequestHeader("Authorization", $"{scheme} {credentials}");
            s.WithRequestHeader(name, value);
            s.StatusCodeShouldBe(expected);
        });
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic %%%")]
    [InlineData("Digest username=a")]
    public async Task any_other_header_is_a_wrong_token(string header)
    {
        await using var service = await StartAsync();
        await service.Http.Scenario(s =>
        {
            s.Get.Url("/read");
            s.WithRequestHeader("Authorization", header);
            s.StatusCodeShouldBe(HttpStatusCode.Unauthorized);
        });
    }

    [Fact]
    public async Task an_unknown_path_needs_a_token_before_it_says_that_it_does_not_exist()
    {
        await using var service = await StartAsync();

        await service.Http.GetAsync("/nowhere", HttpStatusCode.Unauthorized);
        var missing = await service.Http.GetAsync("/nowhere", HttpStatusCode.NotFound, await service.TokenAsync("admin", "admin"));
        Assert.Equal("auxo:request/no-such-route", (await missing.ReadAsJsonAsync<JsonElement>())
            .GetProperty("type").GetString());
    }

    [Fact]
    public async Task a_revoked_token_dies_within_ten_seconds_and_a_new_one_works_after_one()
    {
        await using var service = await StartAsync();
        var token = await service.TokenAsync("reader", "pipeline:read");
        await service.Http.GetAsync("/read", HttpStatusCode.OK, token);

        await service.SqlAsync("update access.tokens set revoked_at = now()");
        await service.Http.GetAsync("/read", HttpStatusCode.OK, token);
        service.Time.Advance(TimeSpan.FromSeconds(10));
        await service.Http.GetAsync("/read", HttpStatusCode.Unauthorized, token);

        var fresh = await service.TokenAsync("fresh", "pipeline:read");
        await service.Http.GetAsync("/read", HttpStatusCode.OK, fresh);
    }

    [Fact]
    public async Task a_token_that_is_newer_than_what_was_read_waits_for_the_next_look()
    {
        await using var read = await ReadAsync();
        Assert.Null(await read.Tokens.FindAsync("wrong", Ct));
        var token = await AccessToken.CreateAsync(read.Source, "fresh", ["pipeline:read"], expiresAt: null, Ct);
        read.Time.Advance(TimeSpan.FromSeconds(0.4));
        var found = read.Tokens.FindAsync(token, Ct).AsTask();
        Assert.False(found.IsCompleted);
        read.Time.Advance(TimeSpan.FromSeconds(0.6));
        Assert.Equal("fresh", (await found)!.Name);
        Assert.True(read.Tokens.FindAsync(token, Ct).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task a_flood_of_wrong_tokens_reads_once_a_second_and_does_not_pile_up()
    {
        await using var read = await ReadAsync();
        Assert.False(await read.Tokens.IsPublicAsync(Somewhere, Ct));
        await read.OpenAsync(Somewhere);
        var flood = Enumerable.Range(0, 3 * AccessTokens.MostWaiting)
            .Select(i => read.Tokens.FindAsync($"wrong {i}", Ct).AsTask()).ToList();
        Assert.Equal(AccessTokens.MostWaiting, flood.Count(static f => !f.IsCompleted));
        Assert.False(await read.Tokens.IsPublicAsync(Somewhere, Ct));
        read.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.All(await Task.WhenAll(flood), Assert.Null);
        Assert.True(await read.Tokens.IsPublicAsync(Somewhere, Ct));

        // They read once together: what changes now is not seen before another second.
        await read.ExecuteAsync("delete from access.public_repositories");
        var next = read.Tokens.FindAsync("wrong", Ct).AsTask();
        Assert.False(next.IsCompleted);
        Assert.True(await read.Tokens.IsPublicAsync(Somewhere, Ct));
        read.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await next);
        Assert.False(await read.Tokens.IsPublicAsync(Somewhere, Ct));
    }

    [Fact]
    public async Task what_was_being_read_when_it_was_forgotten_counts_for_nobody_who_asks_later()
    {
        await using var read = await ReadAsync();
        await using var connection = await read.Source.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var hold = new NpgsqlCommand("lock table access.tokens in access exclusive mode", connection))
            await hold.ExecuteNonQueryAsync(Ct);
        var early = read.Tokens.IsPublicAsync(Somewhere, Ct).AsTask();
        while (await read.ScalarAsync("select count(*) from pg_locks where not granted and relation = 'access.tokens'::regclass") is 0L)
            Ct.ThrowIfCancellationRequested();
        await read.OpenAsync(Somewhere);
        read.Tokens.Forget();
        await transaction.RollbackAsync(Ct);
        Assert.False(await early);
        Assert.True(await read.Tokens.IsPublicAsync(Somewhere, Ct));
    }

    [Fact]
    public async Task a_token_is_worth_nothing_from_the_instant_it_expires()
    {
        await using var service = await StartAsync();
        var token = await service.TokenAsync("short", "pipeline:read", service.Time.GetUtcNow().AddSeconds(4));

        await service.Http.GetAsync("/read", HttpStatusCode.OK, token);
        service.Time.Advance(TimeSpan.FromSeconds(3));
        await service.Http.GetAsync("/read", HttpStatusCode.Unauthorized, token);
    }

    [Fact]
    public async Task a_session_may_what_its_persons_role_may_now_and_nothing_without_her()
    {
        await using var service = await StartAsync();
        await service.SqlAsync("insert into access.accounts (name) values ('alice')");
        await service.SqlAsync("insert into access.people (name, role) values ('alice', 'viewer')");
        var token = await service.TokenAsync("alice", "pipeline:write");
        await service.SqlAsync("update access.tokens set person = 'alice'");
        service.Time.Advance(TimeSpan.FromSeconds(10));
        await service.Http.GetAsync("/read", HttpStatusCode.OK, token);
        await service.Http.GetAsync("/write", HttpStatusCode.Forbidden, token);

        await service.SqlAsync("update access.people set role = 'developer'");
        service.Time.Advance(TimeSpan.FromSeconds(10));
        await service.Http.GetAsync("/write", HttpStatusCode.OK, token);
        await service.SqlAsync("delete from access.accounts");
        service.Time.Advance(TimeSpan.FromSeconds(10));
        await service.Http.GetAsync("/read", HttpStatusCode.Unauthorized, token);
    }

    [Fact]
    public void listening_on_every_address_is_not_answering_to_every_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://0.0.0.0:8880;http://[::]:8880", ["Auxo:Console:Hosts"] = "ci.example.org,*.lan",
        }).Build();
        var names = ConsoleHosts.Of(configuration);
        Assert.DoesNotContain("0.0.0.0", names);
        Assert.DoesNotContain("[::]", names);
        foreach (var known in (string[])["127.0.0.1", "[::1]", "localhost", "CI.example.org", "auxo.lan"])
            Assert.True(ConsoleHosts.Has(configuration, known), known);
        foreach (var foreign in (string[])["evil.example", "ci.example.org.evil.example", "lan", "192.0.2.1"])
            Assert.False(ConsoleHosts.Has(configuration, foreign), foreign);
    }

    [Fact]
    public async Task without_its_table_the_service_starts_and_lets_nobody_in()
    {
        await using var service = await TestService.HostAsync(
            Map, settings: $"--ConnectionStrings:auxo={await postgres.CreateDatabaseAsync()}");
        await service.GetAsync("/read", HttpStatusCode.Unauthorized, "auxo_x");

        await using var without = await TestService.HostAsync(Map);
        await without.GetAsync("/read", HttpStatusCode.Unauthorized, "auxo_x");
    }

    [Fact]
    public async Task an_unreachable_table_is_an_outage_not_a_wrong_token()
    {
        await using var service = await TestService.HostAsync(
            Map, settings: "--ConnectionStrings:auxo=Host=127.0.0.1;Port=1;Username=x;Timeout=2");

        var answer = await service.GetAsync("/read", HttpStatusCode.ServiceUnavailable, "auxo_x");

        Assert.Equal("auxo:database/unavailable", (await answer.ReadAsJsonAsync<JsonElement>()).GetProperty("type").GetString());
        await service.GetAsync("/alive", HttpStatusCode.OK);
    }

    [Fact]
    public async Task only_hashes_are_stored()
    {
        await using var service = await StartAsync();
        var token = await service.TokenAsync("reader", "pipeline:read");

        Assert.Equal(48, token.Length);
        Assert.Equal(AccessToken.Hash(token), await service.SqlAsync("select hash from access.tokens"));
        Assert.DoesNotContain(token, (string)(await service.SqlAsync("select tokens::text from access.tokens"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task services_may_read_the_table_and_only_the_registry_may_write_it()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await ExecuteAsync(source, """
            do $$ begin
                create role auxo_pipeline; create role auxo_registry;
            exception when duplicate_object then null; end $$
            """);
        await AccessToken.ApplySchemaAsync(source, TestContext.Current.CancellationToken);
        await AccessToken.ApplySchemaAsync(source, TestContext.Current.CancellationToken);

        await ExecuteAsync(source, "set role auxo_pipeline; select * from access.tokens");
        var refused = await Assert.ThrowsAsync<PostgresException>(
            () => ExecuteAsync(source, "set role auxo_pipeline; delete from access.tokens"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        refused = await Assert.ThrowsAsync<PostgresException>(
            () => ExecuteAsync(source, "set role auxo_pipeline; update access.tokens set scopes = '{admin}'"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        await ExecuteAsync(source, "set role auxo_pipeline; select name, role from access.people");
        foreach (var secret in (string[])["select password from access.people", "select * from access.person_keys"])
        {
            refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(source, "set role auxo_pipeline; " + secret));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        await ExecuteAsync(
            source, """
            set role auxo_registry;
            insert into access.accounts (name) values ('alice');
            insert into access.people (name, role) values ('alice', 'viewer');
            insert into access.person_keys (did, person) values ('did:key:z', 'alice');
            select person from access.person_keys where did = 'did:key:z' for share;
            select name from access.people where name = 'alice' for share;
            delete from access.tokens where person = 'alice';
            delete from access.accounts where name = 'alice'
            """);
        await ExecuteAsync(
            source, "set role auxo_registry; insert into access.tokens (name, hash, scopes) values ('x', sha256('x'), '{}')");
    }

    [Fact]
    public async Task accounts_that_differ_by_capitals_only_stop_the_start_with_words_that_help()
    {
        await using var read = await ReadAsync();
        await read.ExecuteAsync("insert into access.accounts (name) values ('ci'), ('alice')");
        var second = await Assert.ThrowsAsync<PostgresException>(
            () => read.ExecuteAsync("insert into access.accounts (name) values ('CI')"));
        Assert.Equal((PostgresErrorCodes.UniqueViolation, "accounts_name_once"), (second.SqlState, second.ConstraintName));

        // As a database of an older Auxo may be.
        await read.ExecuteAsync("drop index access.accounts_name_once; insert into access.accounts (name) values ('CI'), ('Ci')");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => AccessToken.ApplySchemaAsync(read.Source, Ct));
        Assert.Matches("only: ('ci'|'CI'|'Ci'|, )+\\. Keep one of each.*delete from access.accounts", refused.MessageText);
        await read.ExecuteAsync("delete from access.accounts where name in ('CI', 'Ci')");
        await AccessToken.ApplySchemaAsync(read.Source, Ct);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Rid Somewhere { get; } = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");

    private static void Map(WebApplication app)
    {
        app.MapGet("/forgotten", () => "");
        app.MapGet("/read", () => "").RequireScope("pipeline:read");
        app.MapGet("/write", () => "").RequireScope("pipeline:write");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> DetailAsync(IScenarioResult response)
        => (await response.ReadAsJsonAsync<JsonElement>()).GetProperty("detail").GetString();

    private async Task<Secured> StartAsync()
    {
        var connection = await postgres.CreateDatabaseAsync();
        var source = NpgsqlDataSource.Create(connection);
        await AccessToken.ApplySchemaAsync(source, TestContext.Current.CancellationToken);
        var time = new ManualTime();
        var service = await TestService.HostAsync(
            Map, b => b.Services.AddSingleton<TimeProvider>(time), $"--ConnectionStrings:auxo={connection}");
        return new Secured(service, source, time);
    }

    private async Task<Read> ReadAsync()
    {
        var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await AccessToken.ApplySchemaAsync(source, Ct);
        var (provider, time) = (new ServiceCollection().AddSingleton(source).BuildServiceProvider(), new ManualTime());
        return new Read(new AccessTokens(provider, time), source, time, provider);
    }

    /// <summary>The tables, read without a service.</summary>
    private sealed record Read(AccessTokens Tokens, NpgsqlDataSource Source, ManualTime Time, ServiceProvider Provider)
        : IAsyncDisposable
    {
        public Task OpenAsync(Rid rid) => ExecuteAsync($"insert into access.public_repositories (rid, public_at, public_by) values "
            + $"('{rid.Value}', now(), 'admin')");

        public Task ExecuteAsync(string sql) => AccessTests.ExecuteAsync(Source, sql);

        public async Task<object?> ScalarAsync(string sql)
        {
            await using var command = Source.CreateCommand(sql);
            return await command.ExecuteScalarAsync(Ct);
        }

        public async ValueTask DisposeAsync()
        {
            await Tokens.DisposeAsync();
            await Provider.DisposeAsync();
            await Source.DisposeAsync();
        }
    }

    private sealed record Secured(IAlbaHost Http, NpgsqlDataSource Source, ManualTime Time) : IAsyncDisposable
    {
        /// <summary>A new token, old enough to be known.</summary>
        public async Task<string> TokenAsync(string name, string scope, DateTimeOffset? expiresAt = null)
        {
            var token = await AccessToken.CreateAsync(Source, name, [scope], expiresAt, TestContext.Current.CancellationToken);
            Time.Advance(TimeSpan.FromSeconds(1));
            return token;
        }

        public async Task<object?> SqlAsync(string sql)
        {
            await using var command = Source.CreateCommand(sql);
            return await command.ExecuteScalarAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Http.DisposeAsync();
            await Source.DisposeAsync();
        }
    }
}
