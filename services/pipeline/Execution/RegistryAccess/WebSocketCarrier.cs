using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Auxo.Pipeline.Execution.RegistryAccess;

/// <summary>
/// Carries bytes between a socket and a WebSocket, both ways, until both sides have said all or one goes away. The messages' borders mean
/// nothing; the end of what one side says is passed on, and it may still hear the rest of the answer.
/// </summary>
internal static class WebSocketCarrier
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Ends when nothing more can come. The caller disposes both.</summary>
    public static async Task CarryAsync(Socket socket, WebSocket web, CancellationToken ct)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAll(
            GuardAsync(buffer => ToWebAsync(socket, web, buffer, closing.Token), closing),
            GuardAsync(buffer => FromWebAsync(web, socket, buffer, closing.Token), closing));
    }

    private static async Task GuardAsync(Func<Memory<byte>, Task> copy, CancellationTokenSource closing)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await copy(buffer.AsMemory(0, BufferBytes));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or WebSocketException or IOException)
        {
            // Without this side the other has nobody to talk to.
            await closing.CancelAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task ToWebAsync(Socket from, WebSocket to, Memory<byte> buffer, CancellationToken ct)
    {
        int read;
        while ((read = await from.ReceiveAsync(buffer, ct)) > 0)
            await to.SendAsync(buffer[..read], WebSocketMessageType.Binary, endOfMessage: true, ct);
        await to.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
    }

    private static async Task FromWebAsync(WebSocket from, Socket to, Memory<byte> buffer, CancellationToken ct)
    {
        while (await from.ReceiveAsync(buffer, ct) is { MessageType: not WebSocketMessageType.Close } part)
            for (var sent = 0; sent < part.Count;) sent += await to.SendAsync(buffer[sent..part.Count], ct);
        to.Shutdown(SocketShutdown.Send);
    }
}
