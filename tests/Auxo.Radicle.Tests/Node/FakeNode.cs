using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Auxo.Radicle.Tests;

/// <summary>
/// Speaks the protocol of a node's control socket: one line in, one answer out, close; subscribers get what <c>Tell</c> is given. What it
/// answers is up to the test, usually recorded bytes.
/// </summary>
public sealed class FakeNode : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("node-").FullName;
    private readonly Func<string, byte[]?> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string> _requests = Channel.CreateUnbounded<string>();
    private readonly List<Socket> _subscribers = [];
    private Socket? _listener;
    private Task _serving = Task.CompletedTask;

    /// <param name="answer">The answer to a request line; null: none, and the connection stays open.</param>
    public FakeNode(Func<string, byte[]?> answer) => _answer = answer;

    public string SocketPath => Path.Combine(_folder, "s");

    /// <summary>Every request line that came.</summary>
    public ChannelReader<string> Requests => _requests.Reader;

    public FakeNode Start()
    {
        File.Delete(SocketPath);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _serving = ServeAsync(_listener);
        return this;
    }

    /// <summary>Sends bytes to every subscriber.</summary>
    public async Task Tell(ReadOnlyMemory<byte> bytes)
    {
        foreach (var subscriber in _subscribers.ToArray()) await subscriber.SendAsync(bytes, SocketFlags.None);
    }

    public Task Tell(string line) => Tell(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Ends as a node does: subscribers get the end, the socket's file goes away, unless it was killed.</summary>
    public async Task StopAsync(bool killed = false)
    {
        _listener?.Dispose();
        await _serving;
        foreach (var subscriber in _subscribers) subscriber.Dispose();
        _subscribers.Clear();
        if (!killed) File.Delete(SocketPath);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
        _stop.Dispose();
    }

    private async Task ServeAsync(Socket listener)
    {
        var open = new List<Task>();
        while (true)
        {
            try
            {
                open.Add(AnswerAsync(await listener.AcceptAsync(_stop.Token)));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket), leaveOpen: false);
        var line = await reader.ReadLineAsync(_stop.Token) ?? "";
        if (line.Contains("\"subscribe\"", StringComparison.Ordinal)) _subscribers.Add(socket);
        await _requests.Writer.WriteAsync(line);
        if (_answer(line) is not { } answer)
        {
            await reader.ReadLineAsync(_stop.Token);
            return;
        }

        await socket.SendAsync(answer, SocketFlags.None);
        socket.Shutdown(SocketShutdown.Both);
        socket.Dispose();
    }
}
