using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Auxo.Benchmarks.Registry.Npm;

/// <summary>Verdaccio as its guide sets it up, open to everybody, with no upstream and no log: it checks less than Auxo does.</summary>
internal sealed class VerdaccioSide : IAsyncDisposable
{
    private readonly PeerServer _server;
    private readonly HttpClient _client;

    private VerdaccioSide(PeerServer server) => (_server, _client) = (server, new HttpClient { BaseAddress = server.Address });

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    /// <summary>Its process.</summary>
    public int ProcessId => _server.ProcessId;

    /// <summary>Starts one; null where there is none.</summary>
    public static async Task<VerdaccioSide?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (PeerServer.Find("verdaccio") is { } program)
            return new VerdaccioSide(await PeerServer.StartAsync(program, Configuration, static (_, file) => ["--config", file], ct));
        context.Miss("no Verdaccio: the npm figures need one on PATH, as the upstream and as the peer (npm install --global verdaccio)");
        return null;
    }

    /// <summary>Publishes it.</summary>
    public async Task PublishAsync(NpmPackage package, CancellationToken ct)
    {
        using var put = await _client.PutAsJsonAsync(package.Name, package.Document(Address), ct);
        if (!put.IsSuccessStatusCode) throw new InvalidOperationException($"Verdaccio: {await put.Content.ReadAsStringAsync(ct)}");
    }

    /// <summary>
    /// Gives a package that is published so many more versions that its document is as large as asked. Written into its storage: to
    /// publish each would take an hour.
    /// </summary>
    /// <returns>The document's size in bytes.</returns>
    public async Task<long> GrowAsync(NpmPackage package, int versions, int bytesEach, CancellationToken ct)
    {
        var path = Path.Combine(_server.Folder, "storage", package.Name, "package.json");
        var document = JsonNode.Parse(await File.ReadAllTextAsync(path, ct))!;
        var first = document["versions"]![package.Version]!;
        // Of words, as a document is; nothing of it is the same twice.
        for (var i = 1; i <= versions; i++)
        {
            var version = first.DeepClone();
            version["version"] = $"0.0.{i}";
            version["_id"] = $"{package.Name}@0.0.{i}";
            version["notes"] = string.Join(' ', Enumerable.Range(0, bytesEach / 12).Select(word => $"word-{i}-{word}"));
            document["versions"]![$"0.0.{i}"] = version;
            document["time"]![$"0.0.{i}"] = "2020-01-01T00:00:00.000Z";
        }

        await File.WriteAllTextAsync(path, document.ToJsonString(), ct);
        return new FileInfo(path).Length;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private static string Configuration(string folder, int port) => $$"""
        storage: {{folder}}/storage
        listen: 127.0.0.1:{{port}}
        max_body_size: 100mb
        web: { enable: false }
        uplinks: {}
        packages:
          '**': { access: $all, publish: $all, unpublish: $all }
        log: { type: stdout, format: json, level: fatal }
        """;
}
