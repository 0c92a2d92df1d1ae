using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Registry.Tests;

/// <summary>
/// The real service on a real database, a folder and sockets of its own. What it sends lies in a queue that the test reads.
/// </summary>
public sealed class RegistryHost : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;

    private RegistryHost(WebApplicationFactory<Program> factory, NpgsqlDataSource database, string home, string token)
    {
        (_factory, Database, Home, Token) = (factory, database, home, token);
        Client = factory.CreateClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    public string Token { get; }

    public string Home { get; }

    public NpgsqlDataSource Database { get; }

    public Uri Address => _factory.ClientOptions.BaseAddress;

    public T Get<T>()
        where T : notnull
        => _factory.Services.GetRequiredService<T>();

    /// <summary>Starts it on a database and a folder that may have been used before.</summary>
    public static async Task<RegistryHost> StartAsync(string connectionString, string home, params (string Name, string Value)[] settings)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        await AccessToken.ApplySchemaAsync(source, CancellationToken.None);
        var token = await AccessToken.CreateAsync(source, $"test {Guid.NewGuid()}", [AccessToken.Admin], null, CancellationToken.None);
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
        {
            b.UseSetting("ConnectionStrings:auxo", connectionString).UseSetting("urls", "http://127.0.0.1:0").UseSetting("AUXO_HOME", home);
            foreach (var (name, value) in settings) b.UseSetting(name, value);
        });
        factory.UseKestrel(0);
        factory.StartServer();
        var host = new RegistryHost(factory, source, home, token);
        await host.ExecuteAsync("insert into queues.subscriptions select m, 'probe' from unnest($1::text[]) m on conflict do nothing",
            (object)MessageNames.All.Values.ToArray());
        return host;
    }

    public async Task DefineAsync(string repository, long? quota = null, bool immutable = false)
    {
        using var answer = await Client.PutAsJsonAsync($"/repositories/{repository}", new { quotaBytes = quota, immutable });
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

    /// <summary>Everything that was sent so far, in order.</summary>
    public async Task<IReadOnlyList<(string Name, JsonNode Body)>> SentAsync()
    {
        var sent = new List<(string, JsonNode)>();
        await using var command = Database.CreateCommand(
            "select message_type, body::text from queues.envelopes where queue = 'probe' order by seq");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) sent.Add((reader.GetString(0), JsonNode.Parse(reader.GetString(1))!));
        return sent;
    }

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
        await _factory.DisposeAsync();
        await Database.DisposeAsync();
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
