using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

using Wolverine.Runtime.Serialization;

namespace Auxo.Ingest.Tests;

/// <summary>
/// The real service on a real database, in memory, with a Radicle home of its own. What it sends lies in the pipeline's
/// queue, which the test reads.
/// </summary>
public sealed class IngestHost : IAsyncDisposable
{
    private readonly RunningService _service;
    private readonly NpgsqlDataSource _source;

    private IngestHost(RunningService service, NpgsqlDataSource source, Queues queues, string token)
    {
        (_service, _source, Queues) = (service, source, queues);
        (Anonymous, Client) = (service.Connect(), service.Connect(token));
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    /// <summary>Without any.</summary>
    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _service.Services;

    public NpgsqlDataSource Database => _source;

    /// <summary>The queues between the services.</summary>
    public Queues Queues { get; }

    /// <summary>Starts it on a database that may have been used before.</summary>
    public static async Task<IngestHost> StartAsync(
        string connectionString, string radHome, string? socket = null, bool listen = false,
        params (string Name, string Value)[] settings)
    {
        Directory.CreateDirectory(Path.Combine(radHome, "storage"));
        var source = NpgsqlDataSource.Create(connectionString);
        await SchemaMigration.ApplyAsync(Configuration.Model, connectionString, CancellationToken.None);
        await AccessToken.ApplySchemaAsync(source, CancellationToken.None);
        var token = await AccessToken.CreateAsync(source, $"test {Guid.NewGuid()}", [AccessToken.Admin], null, CancellationToken.None);
        void Configure(IWebHostBuilder b)
        {
            b.UseSetting("ConnectionStrings:auxo", connectionString).UseSetting("RAD_HOME", radHome)
                .UseSetting("RAD_SOCKET", socket ?? Path.Combine(radHome, "control.sock")).UseSetting("Auxo:Radicle:Jobs", "on");
            foreach (var (name, value) in settings) b.UseSetting(name, value);
        }

        var service = listen ? RunningService.OnPort<Program>(Configure) : await RunningService.InMemoryAsync<Program>(Configure);
        return new IngestHost(service, source, new Queues(connectionString), token);
    }

    /// <summary>Tracks a repository and returns its webhook secret.</summary>
    public async Task<string> TrackAsync(string location, object? more = null)
    {
        var request = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        request["location"] = location;
        using var answer = await Client.PostAsJsonAsync("/repositories", request);
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (string)(await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync()))!["secret"]!;
    }

    /// <summary>
    /// Scans and waits until what was found is committed. A host that has just started may not know its repositories yet.
    /// </summary>
    public async Task ScanAsync(string rid, DetectedBy detectedBy = DetectedBy.Sweep)
    {
        var watched = await Eventually.ValueAsync(
            () => Task.FromResult(Services.GetRequiredService<Observer>().Find(Rid.Parse(rid))), "the repository is followed");
        await watched.ScanAsync(detectedBy, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task<JsonArray> ItemsAsync(string path)
        => (await Client.GetFromJsonAsync<JsonNode>(path))!["items"]!.AsArray();

    /// <summary>Everything that was sent so far, in order: name, body and group. All of it goes to the pipeline, among others.</summary>
    public async Task<IReadOnlyList<(string Name, JsonNode Body, string? Group)>> SentAsync()
    {
        await Eventually.TrueAsync(
            async () => await ScalarAsync<long>("select count(*) from ingest.wolverine_outgoing_envelopes") == 0, "what was sent has left");
        var sent = new List<(string, JsonNode, string?)>();
        await using var command = _source.CreateCommand("select body from queues.wolverine_queue_pipeline order by timestamp, queue_order");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var envelope = EnvelopeSerializer.Deserialize(reader.GetFieldValue<byte[]>(0));
            sent.Add((envelope.MessageType!, JsonNode.Parse(envelope.Data)!, envelope.GroupId));
        }

        return sent;
    }

    public async Task<IReadOnlyList<string>> SentNamesAsync() => [.. (await SentAsync()).Select(s => s.Name)];

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = _source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A webhook as a sender makes it; headers given as null are left out.</summary>
    public static HttpRequestMessage Hook(byte[] body, string? secret, string? type = "patch", string path = "/hooks/radicle")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (type is not null) request.Headers.Add("x-radicle-event-type", type);
        if (secret is not null) request.Headers.Add("X-Hub-Signature-256", Sign(body, secret));
        return request;
    }

    public static string Sign(byte[] body, string secret)
        => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    public static byte[] PatchBody(string rid, string patch, string after)
        => Encoding.UTF8.GetBytes(new JsonObject
        {
            ["action"] = "created", ["patch"] = new JsonObject { ["id"] = patch, ["after"] = after }, ["repository"] = new JsonObject
            {
                ["id"] = rid,
            },
        }.ToJsonString());

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _service.DisposeAsync();
        await _source.DisposeAsync();
        await Queues.DisposeAsync();
    }
}
