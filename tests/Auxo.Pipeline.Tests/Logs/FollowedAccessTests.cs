using System.Net;
using System.Net.Http.Headers;

using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Tests.Execution;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Changes;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Pipeline.Tests.Logs;

/// <summary>An answer that goes on ends with the access to it.</summary>
public sealed class FollowedAccessTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Rid = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";

    private readonly Bench _bench = new();
    private readonly Guid _build = Guid.NewGuid();
    private readonly ManualTime _time = new();
    private NpgsqlDataSource _database = null!;
    private StepLog _log = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await SchemaMigration.ApplyAsync(Pipeline.Configuration.Model, database, CancellationToken.None);
        _database = NpgsqlDataSource.Create(database);
        await AccessToken.ApplySchemaAsync(_database, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder(
            ["--Logging:Console:LogLevel:Default=None", "--urls=http://127.0.0.1:0", $"--AUXO_HOME={_bench.Layout.Home}",
                $"--ConnectionStrings:auxo={database}"]);
        builder.AddServiceDefaults("pipeline");
        builder.Services.AddSingleton<TimeProvider>(_time).AddSingleton(_database).AddExecution(builder.Configuration)
            .AddSingleton(Pipeline.Configuration.Model).AddSingleton<ChangeFeed>();
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapLogs();
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        await SqlAsync($"""
            insert into pipeline.builds (build_id, rid, trigger, subject, commit_id, attempt, trust, queued_at, state)
            values ('{_build}', '{Rid}', 'push', 'main', 'c', 1, 'trusted', now(), 'ready');
            insert into access.public_repositories (rid, public_at, public_by) values ('{Rid}', now(), 'admin');
            insert into access.accounts (name) values ('alice');
            insert into access.people (name, role) values ('alice', 'viewer')
            """);
        _log = await _app.Services.GetRequiredService<LogStore>().OpenAsync(_build, "test", CancellationToken.None);
    }

    /// <summary>Each kind of end, and each kind of answer.</summary>
    public static TheoryData<string, string> Ends
    {
        get
        {
            var ends = new TheoryData<string, string>();
            foreach (var answer in (string[])["/changes", "events", "bytes"])
            {
                ends.Add(answer, "update access.tokens set revoked_at = now() where person = 'alice'");
                ends.Add(answer, "delete from access.accounts where name = 'alice'");
            }

            return ends;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task what_a_session_follows_ends_with_it(string answer, string end)
    {
        var token = await TokenAsync("alice");
        await SqlAsync("update access.tokens set person = 'alice'");
        var (ended, other) = (await FollowAsync(answer, token), await FollowAsync(answer, await TokenAsync("reader")));
        await SqlAsync(end);
        await EndsAsync(ended);
        Assert.False(other.IsCompleted);
    }

    [Theory]
    [InlineData("/changes")]
    [InlineData("events")]
    [InlineData("bytes")]
    public async Task what_a_service_account_follows_ends_when_its_token_is_revoked(string answer)
    {
        var (ended, other) = (await FollowAsync(answer, await TokenAsync("robot")), await FollowAsync(answer, await TokenAsync("reader")));
        await SqlAsync("update access.tokens set revoked_at = now() where name = 'robot'");
        await EndsAsync(ended);
        Assert.False(other.IsCompleted);
    }

    [Theory]
    [InlineData("/changes")]
    [InlineData("events")]
    [InlineData("bytes")]
    public async Task what_a_token_follows_ends_when_it_expires(string answer)
    {
        var ended = await FollowAsync(answer, await TokenAsync("short", _time.GetUtcNow().AddSeconds(25)));
        _time.Advance(AccessTokens.MaxAge);
        Assert.False(ended.IsCompleted);
        await EndsAsync(ended);
    }

    [Theory]
    [InlineData("events")]
    [InlineData("bytes")]
    public async Task what_a_visitor_follows_ends_when_the_repository_is_public_no_longer(string answer)
    {
        var (ended, other) = (await FollowAsync(answer, token: null), await FollowAsync(answer, await TokenAsync("reader")));
        await SqlAsync("delete from access.public_repositories");
        await EndsAsync(ended);
        Assert.False(other.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        await _log.CompleteAsync();
        _http.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        _bench.Dispose();
    }

    private async Task SqlAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A new token, old enough to be known.</summary>
    private async Task<string> TokenAsync(string name, DateTimeOffset? expiresAt = null)
    {
        var token = await AccessToken.CreateAsync(_database, name, ["pipeline:read"], expiresAt, CancellationToken.None);
        _time.Advance(AccessTokens.MinAge);
        return token;
    }

    /// <summary>An answer that has begun, and ends when the task does.</summary>
    private async Task<Task> FollowAsync(string path, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path[0] == '/' ? path : $"/builds/{_build}/logs/test/{path}");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return ReadAsync(request, answer);
    }

    private static async Task ReadAsync(HttpRequestMessage request, HttpResponseMessage answer)
    {
        using (request)
        using (answer)
        {
            try
            {
                await answer.Content.CopyToAsync(Stream.Null);
            }
            catch (HttpRequestException)
            {
                // Bytes have no mark of their end: an answer that is cut off is not taken for a complete one.
            }
        }
    }

    private Task EndsAsync(Task followed) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(AccessTokens.MinAge);
            return Task.FromResult(followed.IsCompletedSuccessfully);
        },
        "the answer has ended");
}
