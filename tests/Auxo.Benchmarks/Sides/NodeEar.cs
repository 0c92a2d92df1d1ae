using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Sides;

/// <summary>Listens to a node as its CI does, and notes when it told what: the CI's own share of a latency begins there.</summary>
internal sealed class NodeEar : IAsyncDisposable
{
    private static readonly string[] Kinds = ["refsFetched", "localRefsAnnounced"];
    private readonly ConcurrentQueue<(DateTimeOffset At, string Rid)> _heard = new();
    private readonly Socket _socket;
    private readonly Task _listening;

    private NodeEar(Socket socket)
    {
        _socket = socket;
        _listening = ListenAsync();
    }

    /// <summary>Subscribes to the events of the node at this control socket.</summary>
    public static async Task<NodeEar> OpenAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"command\":\"subscribe\"}\n"), ct);
        return new NodeEar(socket);
    }

    /// <summary>When the node first told after <paramref name="from"/> that something of a repository is there.</summary>
    public Task<DateTimeOffset> FirstAsync(string rid, DateTimeOffset from, CancellationToken ct)
        => Poll.UntilAsync(
            () => Task.FromResult(_heard.Where(e => e.Rid == rid && e.At >= from)
                .Select(static e => (DateTimeOffset?)e.At).FirstOrDefault()), $"the node tells of {rid}", ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _listening;
    }

    private async Task ListenAsync()
    {
        try
        {
            using var reader = new StreamReader(new NetworkStream(_socket));
            while (await reader.ReadLineAsync() is { } line)
            {
                var at = Poll.Now;
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("type", out var type) && Kinds.Contains(type.GetString())) _heard.Enqueue(
                    (at, json.RootElement.GetProperty("rid").GetString()!));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The node or we have ended.
        }
    }
}
