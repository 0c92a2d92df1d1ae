using System.Text.Json.Nodes;

using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Metrics.Tests;

/// <summary>The real service on a real database, in memory; messages reach it through its queue.</summary>
public sealed class MetricsHost : IAsyncDisposable
{
    private readonly RunningService _service;

    private MetricsHost(RunningService service, NpgsqlDataSource database, string token)
    {
        (_service, Database) = (service, database);
        Client = service.Connect(token);
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _service.Services;

    public NpgsqlDataSource Database { get; }

    public static async Task<MetricsHost> StartAsync(string connectionString, bool listen = false)
    {
        var database = NpgsqlDataSource.Create(connectionString);
        await AccessToken.ApplySchemaAsync(database, CancellationToken.None);
        var token = await AccessToken.CreateAsync(database, $"test {Guid.NewGuid()}", [AccessToken.Admin], null, CancellationToken.None);
        void Configure(IWebHostBuilder b) => b.UseSetting("ConnectionStrings:auxo", connectionString);
        var service = listen ? RunningService.OnPort<Program>(Configure) : await RunningService.InMemoryAsync<Program>(Configure);
        return new MetricsHost(service, database, token);
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
        await _service.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>One running service for all tests of a class; each test has a repository of its own in it.</summary>
public sealed class MetricsService(PostgresFixture postgres) : IAsyncLifetime
{
    public MetricsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
