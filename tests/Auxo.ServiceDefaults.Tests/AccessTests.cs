using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
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

        Assert.Equal(HttpStatusCode.Unauthorized, (await service.Http.GetAsync("/forgotten")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await service.Http.GetAsync("/forgotten", reader)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/forgotten", admin)).StatusCode);
    }

    [Fact]
    public async Task a_scope_opens_its_routes_and_no_others()
    {
        await using var service = await StartAsync();
        var reader = await service.TokenAsync("reader", "pipeline:read");

        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/read", reader)).StatusCode);
        var refused = await service.Http.GetAsync("/write", reader);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("auxo:access/missing-scope", problem.GetProperty("type").GetString());
        Assert.Contains("pipeline:write", problem.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/write", await service.TokenAsync("admin", "admin"))).StatusCode);
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

        var none = await service.Http.GetAsync("/read");
        var wrong = await service.Http.GetAsync("/read", token);

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal("Bearer realm=\"auxo\"", wrong.Headers.WwwAuthenticate.ToString());
        Assert.Equal(await DetailAsync(none), await DetailAsync(wrong));
    }

    [Fact]
    public async Task an_unknown_path_needs_a_token_before_it_says_that_it_does_not_exist()
    {
        await using var service = await StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await service.Http.GetAsync("/nowhere")).StatusCode);
        var missing = await service.Http.GetAsync("/nowhere", await service.TokenAsync("admin", "admin"));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("auxo:request/no-such-route", (await missing.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("type").GetString());
    }

    [Fact]
    public async Task a_revoked_token_dies_within_ten_seconds_and_a_new_one_works_after_one()
    {
        await using var service = await StartAsync();
        var token = await service.TokenAsync("reader", "pipeline:read");
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/read", token)).StatusCode);

        await service.SqlAsync("update access.tokens set revoked_at = now()");
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/read", token)).StatusCode);
        service.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.Http.GetAsync("/read", token)).StatusCode);

        var fresh = await service.TokenAsync("fresh", "pipeline:read");
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/read", fresh)).StatusCode);
    }

    [Fact]
    public async Task a_token_is_worth_nothing_from_the_instant_it_expires()
    {
        await using var service = await StartAsync();
        var token = await service.TokenAsync("short", "pipeline:read", service.Time.GetUtcNow().AddSeconds(4));

        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/read", token)).StatusCode);
        service.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.Http.GetAsync("/read", token)).StatusCode);
    }

    [Fact]
    public async Task without_its_table_the_service_starts_and_lets_nobody_in()
    {
        await using var service = await TestService.StartAsync(
            Map, settings: $"--ConnectionStrings:auxo={await postgres.CreateDatabaseAsync()}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/read", "auxo_x")).StatusCode);

        await using var without = await TestService.StartAsync(Map);
        Assert.Equal(HttpStatusCode.Unauthorized, (await without.GetAsync("/read", "auxo_x")).StatusCode);
    }

    [Fact]
    public async Task an_unreachable_table_is_an_outage_not_a_wrong_token()
    {
        await using var service = await TestService.StartAsync(
            Map, settings: "--ConnectionStrings:auxo=Host=127.0.0.1;Port=1;Username=x;Timeout=2");

        var answer = await service.GetAsync("/read", "auxo_x");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("auxo:database/unavailable", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/alive")).StatusCode);
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
        await ExecuteAsync(
            source, "set role auxo_registry; insert into access.tokens (name, hash, scopes) values ('x', sha256('x'), '{}')");
    }

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

    private static async Task<string?> DetailAsync(HttpResponseMessage response)
        => (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();

    private async Task<Secured> StartAsync()
    {
        var connection = await postgres.CreateDatabaseAsync();
        var source = NpgsqlDataSource.Create(connection);
        await AccessToken.ApplySchemaAsync(source, TestContext.Current.CancellationToken);
        var time = new ManualTime();
        var service = await TestService.StartAsync(
            Map, b => b.Services.AddSingleton<TimeProvider>(time), $"--ConnectionStrings:auxo={connection}");
        return new Secured(service, source, time);
    }

    private sealed record Secured(TestService Http, NpgsqlDataSource Source, ManualTime Time) : IAsyncDisposable
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
