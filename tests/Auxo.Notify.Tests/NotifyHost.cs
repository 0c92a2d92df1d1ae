using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Deliveries;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Notify.Tests;

/// <summary>
/// The real service on a real database, in memory, or on a port where a test needs sockets. Receivers on loopback are
/// reachable unless a test says otherwise; pauses are short.
/// </summary>
public sealed class NotifyHost : IAsyncDisposable
{
    /// <summary>The policy of the product with pauses that a test can wait for.</summary>
    public static readonly RetryPolicy Quick = new()
    {
        Pauses = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(20), 5)], AttemptLimit = TimeSpan.FromSeconds(15),
        FirstChannelPause = TimeSpan.FromMilliseconds(5),
        LongestChannelPause = TimeSpan.FromMilliseconds(20),
    };

    private readonly RunningService _service;
    private readonly NpgsqlDataSource _source;

    private NotifyHost(RunningService service, NpgsqlDataSource source, Queues queues, string token)
    {
        (_service, _source, Queues) = (service, source, queues);
        (Anonymous, Client) = (service.Connect(), service.Connect(token));
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    /// <summary>Without any.</summary>
    public HttpClient Anonymous { get; }

    /// <summary>The queues between the services.</summary>
    public Queues Queues { get; }

    public IServiceProvider Services => _service.Services;

    /// <summary>Starts it on a database that may have been used before.</summary>
    public static async Task<NotifyHost> StartAsync(
        string connectionString, RetryPolicy? policy = null, string allow = "127.0.0.0/8", bool listen = false,
        params (string Name, string Value)[] settings)
    {
        await SchemaMigration.ApplyAsync(Configuration.Model, connectionString, CancellationToken.None);
        var source = NpgsqlDataSource.Create(connectionString);
        await AccessToken.ApplySchemaAsync(source, CancellationToken.None);
        var token = await AccessToken.CreateAsync(source, "tester", [AccessToken.Admin], null, CancellationToken.None);
        void Configure(IWebHostBuilder b)
        {
            b.UseSetting("ConnectionStrings:auxo", connectionString).UseSetting("Auxo:Egress:Allow", allow);
            foreach (var (name, value) in settings) b.UseSetting(name, value);
            b.ConfigureTestServices(s => s.AddSingleton(policy ?? Quick));
        }

        var host = new NotifyHost(
            listen ? RunningService.OnPort<Program>(Configure) : await RunningService.InMemoryAsync<Program>(Configure), source,
            new Queues(connectionString), token);
        return host;
    }

    /// <summary>With the session of a person, who has that role.</summary>
    public async Task<HttpClient> PersonAsync(string name, string role)
    {
        await using var account = _source.CreateCommand("insert into access.accounts (name, created_at) values ($1, now())");
        account.Parameters.Add(new() { Value = name });
        await account.ExecuteNonQueryAsync();
        await using var person = _source.CreateCommand("insert into access.people (name, role, created_at) values ($1, $2, now())");
        person.Parameters.Add(new() { Value = name });
        person.Parameters.Add(new() { Value = role });
        await person.ExecuteNonQueryAsync();
        var token = await AccessToken.CreateAsync(_source, name, [], DateTimeOffset.MaxValue, CancellationToken.None);
        await using var session = _source.CreateCommand("update access.tokens set person = $1 where hash = $2");
        session.Parameters.Add(new() { Value = name });
        session.Parameters.Add(new() { Value = AccessToken.Hash(token) });
        await session.ExecuteNonQueryAsync();
        return _service.Connect(token);
    }

    /// <summary>One value of the database.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Makes a webhook channel; returns its secret.</summary>
    public async Task<string> WebhookAsync(string name, Uri url, object? more = null)
    {
        var webhook = System.Text.Json.JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        webhook["url"] = url.AbsoluteUri;
        return (string)(await PutAsync($"/channels/{name}", new { webhook }))["secret"]!;
    }

    /// <summary>Makes a route.</summary>
    public Task RouteAsync(string name, params string[] channels) => PutAsync($"/routes/{name}", new { channels });

    public async Task<JsonNode> PutAsync(string path, object body)
    {
        using var answer = await Client.PutAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync()))!;
    }

    public async Task<JsonNode> PostAsync(string path)
    {
        using var answer = await Client.PostAsync(path, null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync()))!;
    }

    public async Task<JsonNode> GetAsync(string path) => (await Client.GetFromJsonAsync<JsonNode>(path))!;

    public async Task<JsonArray> ItemsAsync(string path) => (await GetAsync(path))["items"]!.AsArray();

    /// <summary>Sends a message as another service does, and waits until it is handled.</summary>
    public async Task SendAsync(object message)
    {
        await Queues.SendAsync("notify", message);
        await Queues.QuietAsync("notify");
    }

    /// <summary>The only delivery, once it is as wanted, with its log.</summary>
    public async Task<JsonNode> DeliveryAsync(string state, Func<JsonNode, bool>? isIt = null)
    {
        var found = await Eventually.ValueAsync(
            async () => (await ItemsAsync($"/deliveries?state={state}"))
                .FirstOrDefault(d => isIt is null || isIt(d!)), $"a delivery is {state}", TimeSpan.FromSeconds(30));
        return await GetAsync($"/deliveries/{(string)found["id"]!}");
    }

    /// <summary>All text that the service ever stored, but for the settings that only the sender reads.</summary>
    public async Task<string> EverythingStoredAsync()
    {
        await using var command = _source.CreateCommand("""
            select coalesce(string_agg(t, ' '), '') from (
                select data::text t from notify.mt_events
                union all select data::text from notify.mt_doc_channel
                union all select n::text from notify.notifications n
                union all select d::text from notify.deliveries d
                union all select a::text from notify.delivery_attempts a
                union all select encode(e.body, 'escape') from notify.wolverine_incoming_envelopes e) x
            """);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _service.DisposeAsync();
        await _source.DisposeAsync();
        await Queues.DisposeAsync();
    }
}
