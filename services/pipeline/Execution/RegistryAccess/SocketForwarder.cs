using System.Net.Sockets;

namespace Auxo.Pipeline.Execution.RegistryAccess;

/// <summary>
/// Carries what comes in at a listening socket to a socket of the file system and back, byte for byte, until it is disposed. It knows
/// nothing of what is said.
/// </summary>
internal sealed class SocketForwarder : IAsyncDisposable
{
    /// <summary>So many connections at once; more wait in the kernel's queue. Package programs open some fifty.</summary>
    private const int MostAtOnce = 256;

    private const int BufferBytes = 64 << 10;

    private readonly Socket _listener;
    private readonly UnixDomainSocketEndPoint _target;
    private readonly SemaphoreSlim _free = new(MostAtOnce, MostAtOnce);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    /// <summary>Begins to carry; the listener is its own from now on.</summary>
    /// <param name="listener">Listens.</param>
    /// <param name="target">The path of the socket; a connection while nobody listens there is closed at once.</param>
    public SocketForwarder(Socket listener, string target)
    {
        (_listener, _target) = (listener, new UnixDomainSocketEndPoint(target));
        _accepting = AcceptAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        // The last of them gives its place back when its two sockets are closed.
        for (var i = 0; i < MostAtOnce; i++) await _free.WaitAsync(CancellationToken.None);
        _free.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _free.WaitAsync(_end.Token);
                try
                {
                    _ = CarryAsync(await _listener.AcceptAsync(_end.Token));
                }
                catch
                {
                    _free.Release();
                    throw;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The step is over.
        }
    }

    private async Task CarryAsync(Socket step)
    {
        try
        {
            using var closing = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            using (step)
            using (var registry = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                await registry.ConnectAsync(_target, closing.Token);
                step.NoDelay = true;
                var there = CopyAsync(step, registry, closing);
                var back = CopyAsync(registry, step, closing);
                await Task.WhenAll(there, back);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Nobody listens there, or one side went away: the other side sees its connection end.
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Copies one way. The end of what one side says is passed on, and it may still hear the rest of the answer.</summary>
    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource closing)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, closing.Token)) > 0)
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), closing.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Without this side the other has nobody to talk to.
            await closing.CancelAsync();
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
