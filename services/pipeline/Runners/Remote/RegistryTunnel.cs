using System.Net.Sockets;

using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>
/// The registry as steps of one build find it on this machine: a socket of the file system, as the registry itself has one on the main
/// machine. What connects to it is carried to the pipeline, which carries it on.
/// </summary>
internal sealed class RegistryTunnel : IAsyncDisposable
{
    private const int Waiting = 128;

    private readonly string _path;
    private readonly RunnerClient _client;
    private readonly Guid _build;
    private readonly Guid _lease;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _counting = new();
    private readonly HashSet<Task> _carrying = [];
    private readonly Task _accepting;

    /// <summary>Listens from now on.</summary>
    /// <param name="path">Of the socket, in a folder that only this account may enter.</param>
    /// <param name="client">Speaks to the pipeline.</param>
    /// <param name="build">Whose steps.</param>
    /// <param name="lease">For as long as it holds.</param>
    /// <exception cref="SocketException">The path cannot be listened on.</exception>
    public RegistryTunnel(string path, RunnerClient client, Guid build, Guid lease)
    {
        (_path, _client, _build, _lease) = (path, client, build, lease);
        PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);
        // A process that was killed left it.
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(Waiting);
        _accepting = AcceptAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] left;
        lock (_counting) left = [.. _carrying];
        await Task.WhenAll(left);
        File.Delete(_path);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var step = await _listener.AcceptAsync(_end.Token);
                var carrying = CarryAsync(step);
                lock (_counting) _carrying.Add(carrying);
                _ = carrying.ContinueWith(
                    done =>
                    {
                        lock (_counting) _carrying.Remove(done);
                    }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The build has left.
        }
    }

    private async Task CarryAsync(Socket step)
    {
        using (step)
        {
            try
            {
                using var web = await _client.OpenRegistryAsync(_build, _lease, _end.Token);
                await WebSocketCarrier.CarryAsync(step, web, _end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or System.Net.WebSockets.WebSocketException or HttpRequestException)
            {
                // The pipeline or the registry is away: the step sees its connection end, as it would on the main machine.
            }
        }
    }
}
