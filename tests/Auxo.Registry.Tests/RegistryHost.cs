using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

using Npgsql;

using Wolverine;
using Wolverine.Postgresql;

namespace Auxo.Registry.Tests;

/// <summary>
/// The real service on a real database, a folder and sockets of its own. What it sends lies in a queue that the test reads.
/// </summary>
public sealed class RegistryHost : IAsyncDisposable
{
    private readonly RunningService _service;

    private RegistryHost(RunningService service, NpgsqlDataSource database, Queues queues, string home, string token)
    {
        (_service, Database, Queues, Home, Token) = (service, database, queues, home, token);
        Client = service.Connect(token);
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    public string Token { get; }

    public string Home { get; }

    public NpgsqlDataSource Database { get; }

    /// <summary>The queues between the services.</summary>
    public Queues Queues { get; }

    public Uri Address => Client.BaseAddress!;

    public T Get<T>()
        where T : notnull
        => _service.Services.GetRequiredService<T>();

    /// <summary>Starts it on a database and a folder that may have been used before.</summary>
    public static Task<RegistryHost> StartAsync(string connectionString, string home, params (string Name, string Value)[] settings)
        => StartAsync(connectionString, home, static _ => { }, settings);

    /// <summary>Starts it with services that differ.</summary>
    public static async Task<RegistryHost> StartAsync(
        string connectionString, string home, Action<IServiceCollection> services, params (string Name, string Value)[] settings)
    {
        await SchemaMigration.ApplyAsync(Configuration.Model, connectionString, CancellationToken.None);
        var source = NpgsqlDataSource.Create(connectionString);
        await ProbeAsync(source);
        await AccessToken.ApplySchemaAsync(source, CancellationToken.None);
        var token = await AccessToken.CreateAsync(source, $"test {Guid.NewGuid()}", [AccessToken.Admin], null, CancellationToken.None);
        var service = RunningService.OnPort<Program>(b =>
        {
            b.UseSetting("ConnectionStrings:auxo", connectionString).UseSetting("AUXO_HOME", home);
            foreach (var (name, value) in settings) b.UseSetting(name, value);
            b.ConfigureServices(services);
            b.ConfigureServices(static services => services.ConfigureWolverine(static o => o.Publish(static rule =>
            {
                rule.Message<ArtifactPublished>();
                rule.ToPostgresqlQueue("probe");
            })));
        });
        return new RegistryHost(service, source, new Queues(connectionString), home, token);
    }

    public async Task DefineAsync(
        string repository, long? quota = null, bool immutable = false, string? format = null, string? upstream = null,
        bool anonymousRead = false, int? cooldownDays = null)
    {
        using var answer = await Client.PutAsJsonAsync(
            $"/repositories/{repository}", new { quotaBytes = quota, immutable, format, upstream, anonymousRead, cooldownDays });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> PutAsync(string path, string content, params (string Name, string Value)[] headers)
        => PutAsync(path, Encoding.UTF8.GetBytes(content), headers);

    public async Task<HttpResponseMessage> PutAsync(string path, byte[] content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(content) };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
        => await SendAsync(HttpMethod.Get, path, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>The files of the store: whole ones, and what is still being received or thrown away.</summary>
    public (IReadOnlyList<string> Whole, IReadOnlyList<string> Unfinished) OnDisk() => OnDisk(Home);

    public static (IReadOnlyList<string> Whole, IReadOnlyList<string> Unfinished) OnDisk(string home)
    {
        IReadOnlyList<string> In(string part)
            => [.. Directory.EnumerateFiles(Path.Combine(home, "blobs", "registry", part), "*", SearchOption.AllDirectories)
                .Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        return (In("sha256"), [.. In("incoming"), .. In("trash")]);
    }

    /// <summary>What was said to others of published files so far, in order.</summary>
    public Task<IReadOnlyList<ArtifactPublished>> SentAsync() => Queues.MessagesAsync<ArtifactPublished>("probe");

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _service.DisposeAsync();
        await Database.DisposeAsync();
        await Queues.DisposeAsync();
    }

    /// <summary>No service hears what the registry says; here a queue does, for the test to read.</summary>
    private static async Task ProbeAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("""
            create table if not exists queues.wolverine_queue_probe (like queues.wolverine_queue_registry including all);
            create table if not exists queues.wolverine_queue_probe_scheduled (
                like queues.wolverine_queue_registry_scheduled including all);
            """);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>What problems say.</summary>
internal static class Answers
{
    /// <summary>Status and the problem's type without <c>auxo:</c>; null when the answer is no problem.</summary>
    public static async Task<(HttpStatusCode Status, string? Type)> ProblemAsync(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? ((string?)JsonNode.Parse(text)!["type"])?[5..]
            : null);
    }
}
