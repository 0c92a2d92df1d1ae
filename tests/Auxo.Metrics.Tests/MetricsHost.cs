using System.Text.Json.Nodes;

using Auxo.Instances;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using JasperFx.Events.Daemon;

using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Metrics.Tests;

/// <summary>The real service on a real database, in memory; messages reach it through its queue.</summary>
public sealed class MetricsHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly RunningService _service;

    private MetricsHost(RunningService service, NpgsqlDataSource database, Queues queues, InstanceLayout layout, string token)
    {
        (_service, Database, Queues, Layout) = (service, database, queues, layout);
        Client = service.Connect(token);
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _service.Services;

    public NpgsqlDataSource Database { get; }

    /// <summary>The queues between the services.</summary>
    public Queues Queues { get; }

    /// <summary>The instance's folder, which only a test makes that has something in it.</summary>
    public InstanceLayout Layout { get; }

    public static async Task<MetricsHost> StartAsync(string connectionString, bool listen = false)
    {
        await SchemaMigration.ApplyAsync(Configuration.Model, connectionString, CancellationToken.None);
        var database = NpgsqlDataSource.Create(connectionString);
        await AccessToken.ApplySchemaAsync(database, CancellationToken.None);
        var token = await AccessToken.CreateAsync(database, $"test {Guid.NewGuid()}", [AccessToken.Admin], null, CancellationToken.None);
        var layout = new InstanceLayout(Path.Combine(Path.GetTempPath(), $"auxo-metrics-{Guid.NewGuid():N}"));
        void Configure(IWebHostBuilder b)
            => b.UseSetting("ConnectionStrings:auxo", connectionString).UseSetting("AUXO_HOME", layout.Home);
        var service = listen ? RunningService.OnPort<Program>(Configure) : await RunningService.InMemoryAsync<Program>(Configure);
        return new MetricsHost(service, database, new Queues(connectionString), layout, token);
    }

    /// <summary>A client with a token of its own.</summary>
    public async Task<HttpClient> ConnectAsync(string account, params string[] scopes)
        => _service.Connect(await AccessToken.CreateAsync(Database, account, scopes, null, CancellationToken.None));

    /// <summary>A client without a token.</summary>
    public HttpClient ConnectAnonymously() => _service.Connect(token: null);

    /// <summary>Sends messages, and waits until what follows from them is in the documents.</summary>
    public async Task SendAsync(params IEnumerable<object> messages)
    {
        foreach (var message in messages) await Queues.SendAsync("metrics", message);
        await Queues.QuietAsync("metrics", Limit);
        await SettleAsync();
    }

    /// <summary>Waits until all events are in the documents.</summary>
    public Task SettleAsync() => Eventually.TrueAsync(async () => await ScalarAsync<bool>(
        """
        select coalesce((select max(seq_id) from metrics.mt_events), 0)
            <= coalesce((select last_seq_id from metrics.mt_event_progression where name = 'FactDays:All'), 0)
        """), "all events are in the documents", Limit);

    /// <summary>
    /// Computes all documents again from the first event on. The coordinator is paused, since it would start the agent again in the
    /// middle; and the agent that has rebuilt is forgotten, since the coordinator takes it for one that runs.
    /// </summary>
    public async Task RebuildAsync()
    {
        var coordinator = Services.GetRequiredService<IProjectionCoordinator>();
        await coordinator.PauseAsync();
        var daemon = coordinator.DaemonForMainDatabase();
        await daemon.RebuildProjectionAsync<Facts.FactDays>(CancellationToken.None);
        await daemon.StopAllAsync();
        await coordinator.ResumeAsync();
        await SettleAsync();
    }

    public async Task<JsonObject> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    public async Task<long> PositionAsync() => await ScalarAsync<long>("select coalesce(max(seq_id), 0) from metrics.mt_events");

    /// <summary>All documents as one text.</summary>
    public Task<string> DocumentsAsync() => ScalarAsync<string>(
        "select string_agg(id || ' ' || mt_version || ' ' || data, E'\n' order by id) from metrics.mt_doc_fact_day");

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
        await Queues.DisposeAsync();
    }
}

/// <summary>One running service for all tests of a class; each test has a repository of its own in it.</summary>
public sealed class MetricsService(PostgresFixture postgres) : IAsyncLifetime
{
    public MetricsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
