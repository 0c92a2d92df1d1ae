using System.Net.Http.Headers;
using System.Text.Json.Nodes;

using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Metrics.Tests;

/// <summary>The real service on a real database; messages reach it through its queue.</summary>
public sealed class MetricsHost : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;

    private MetricsHost(WebApplicationFactory<Program> factory, NpgsqlDataSource database, string token)
    {
        (_factory, Database) = (factory, database);
        Client = factory.CreateClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _factory.Services;

    public NpgsqlDataSource Database { get; }

    public static async Task<MetricsHost> StartAsync(string connectionString)
    {
        var database = NpgsqlDataSource.Create(connectionString);
        await AccessToken.ApplySchemaAsync(database, CancellationToken.None);
        var token = await AccessToken.CreateAsync(database, $"test {Guid.NewGuid()}", [AccessToken.Admin], null, CancellationToken.None);
#pragma warning disable CA2000 // The host owns it.
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(b => b
            .UseSetting("ConnectionStrings:auxo", connectionString).UseSetting("urls", "http://127.0.0.1:0"));
#pragma warning restore CA2000
        factory.UseKestrel(0);
        factory.StartServer();
        return new MetricsHost(factory, database, token);
    }

    /// <summary>Sends messages, to be handled in this order, and waits until what follows from them is in the documents.</summary>
    public async Task<TrackedActivity> SendAsync(params IEnumerable<object> messages)
    {
        var bus = Services.GetRequiredService<IMessageBus>();
        var seen = await Services.TrackActivityAsync(async () =>
        {
            foreach (var message in messages) await bus.PublishAsync(message, CancellationToken.None, groupId: "test");
        }, TimeSpan.FromSeconds(120));
        await SettleAsync();
        return seen;
    }

    public Task SettleAsync() => Services.GetRequiredService<DocumentStore>()
        .WaitForNonStaleProjectionDataAsync(TimeSpan.FromSeconds(60), CancellationToken.None);

    public async Task<JsonObject> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    public async Task<long> PositionAsync() => await ScalarAsync<long>("select coalesce(max(seq_id), 0) from metrics.mt_events");

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _factory.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>One running service for all tests of a class; each test has a repository of its own in it.</summary>
public sealed class MetricsService(Testing.PostgresFixture postgres) : IAsyncLifetime
{
    public MetricsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
