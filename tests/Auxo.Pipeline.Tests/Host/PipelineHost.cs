using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Pipeline.Running;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Marten;

using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>
/// The real service on a real database, in memory, with a data folder. What it sends lies in a queue that the test reads.
/// </summary>
public sealed class PipelineHost : IAsyncDisposable
{
    private const string CapacityKey = "Auxo:Runner:Capacity";
    private const string Capacity = "2";

    private readonly RunningService _service;

    private PipelineHost(RunningService service, NpgsqlDataSource database, Queues queues, IReadOnlyList<string> tokens)
    {
        (_service, Database, Queues) = (service, database, queues);
        Anonymous = service.Connect();
        (Client, Writer, Reader) = (service.Connect(tokens[0]), service.Connect(tokens[1]), service.Connect(tokens[2]));
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    /// <summary>With a token that may only write.</summary>
    public HttpClient Writer { get; }

    /// <summary>With a token that may only read.</summary>
    public HttpClient Reader { get; }

    /// <summary>Without any.</summary>
    public HttpClient Anonymous { get; }

    public NpgsqlDataSource Database { get; }

    /// <summary>The queues between the services.</summary>
    public Queues Queues { get; }

    /// <summary>The way to it, for a runner's program.</summary>
    public HttpMessageHandler Transport() => _service.Transport();

    public IServiceProvider Services => _service.Services;

    /// <summary>
    /// The usual patience, but a build never takes so long that it says so on the patch: how fast this machine is decides
    /// nothing.
    /// </summary>
    public static RunnerSettings Runner { get; } = RunnerSettings.From(
        new ConfigurationBuilder().AddInMemoryCollection([new(CapacityKey, Capacity)]).Build()) with
    {
        InterimAfter = TimeSpan.FromHours(1), StepsAtOnce = 2,
    };

    /// <summary>Starts it on a database and a folder that may have been used before.</summary>
    public static async Task<PipelineHost> StartAsync(
        string connectionString, string home, RunnerSettings? runner = null, DiskGuard? disk = null, TimeProvider? time = null,
        IDocumentSessionListener? commits = null, params (string Key, string Value)[] settings)
    {
        await SchemaMigration.ApplyAsync(Configuration.Model, connectionString, CancellationToken.None);
        var database = NpgsqlDataSource.Create(connectionString);
        await AccessToken.ApplySchemaAsync(database, CancellationToken.None);
        var tokens = new List<string>();
        foreach (var (name, scope) in ((string, string)[])[
            ("admin", AccessToken.Admin), ("writer", "pipeline:write"), ("reader", "pipeline:read")])
            tokens.Add(await AccessToken.CreateAsync(database, $"{name} {Guid.NewGuid()}", [scope], null, CancellationToken.None));
        var service = await RunningService.InMemoryAsync<Program>(b =>
        {
            foreach (var (key, value) in Settings(connectionString, home).Concat(settings)) b.UseSetting(key, value);
            b.ConfigureTestServices(services => services.AddSingleton(runner ?? Runner));
            if (time is not null) b.ConfigureTestServices(services => services.AddSingleton(time));
            if (commits is not null) b.ConfigureTestServices(services => services.ConfigureMarten(o => o.Listeners.Add(commits)));
            if (disk is not null) b.ConfigureTestServices(services => services.AddSingleton(disk));
        });
        return new PipelineHost(service, database, new Queues(connectionString), tokens);
    }

    /// <summary>How every host of these tests is set up, in process or not.</summary>
    public static IEnumerable<(string Key, string Value)> Settings(string connectionString, string home)
        => [("ConnectionStrings:auxo", connectionString), ("AUXO_HOME", home), ("urls", "http://127.0.0.1:0"),
            (CapacityKey, Capacity), ("Auxo:Steps:GraceSeconds", "0.5")];

    /// <summary>As another service sends it.</summary>
    public Task SendAsync(object message) => Queues.SendAsync("pipeline", message);

    /// <summary>Everything that the pipeline has sent so far, in order.</summary>
    public async Task<IReadOnlyList<(string Name, JsonNode Body, string? Group)>> SentAsync()
    {
        await Queues.SentAllAsync("pipeline");
        // Metrics hears of every step of a build, ingest of what is to be said on a patch; both of the end.
        var (metrics, ingest) = (await Queues.EnvelopesAsync("metrics"), await Queues.EnvelopesAsync("ingest"));
        // Surveys come when they are due, not when a test does something.
        return [.. metrics.Where(static e => e.MessageType != "repository_surveyed")
            .Concat(ingest.Where(static e => e.MessageType != "build_finished")).OrderBy(static e => e.SentAt)
            .Select(static e => (e.MessageType!, JsonNode.Parse(e.Data)!, e.GroupId))];
    }

    public async Task<JsonNode> BuildAsync(Guid id) => (await Client.GetFromJsonAsync<JsonNode>($"/builds/{id}"))!;

    /// <summary>Waits until the build has its verdict.</summary>
    public Task<JsonNode> FinishedAsync(Guid id) => InStateAsync(id, "finished");

    public Task<JsonNode> InStateAsync(Guid id, string state)
        => Eventually.ValueAsync(
            async () => await BuildAsync(id) is { } build && (string)build["state"]! == state ? build : null, $"build {id} is {state}");

    public async Task<string> LogAsync(Guid id, string step)
    {
        using var answer = await Client.GetAsync($"/builds/{id}/logs/{step}");
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : "";
    }

    /// <summary>Waits until a step has printed this.</summary>
    public Task PrintedAsync(Guid id, string step, string text)
        => Eventually.TrueAsync(async () => (await LogAsync(id, step)).Contains(text, StringComparison.Ordinal), $"{step} prints '{text}'");

    /// <summary>Posts and returns the answer's status and body.</summary>
    public async Task<(int Status, JsonNode Body)> PostAsync(string path, object? body = null, HttpClient? client = null)
    {
        using var answer = await (client ?? Client).PostAsJsonAsync(path, body ?? new { });
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    public static Guid IdOf(JsonNode build) => Guid.Parse((string)build["id"]!, CultureInfo.InvariantCulture);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in (HttpClient[])[Client, Writer, Reader, Anonymous]) client.Dispose();
        await _service.DisposeAsync();
        await Database.DisposeAsync();
        await Queues.DisposeAsync();
    }
}
