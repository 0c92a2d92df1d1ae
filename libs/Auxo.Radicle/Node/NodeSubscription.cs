using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Auxo.Radicle;

/// <summary>An open subscription. A subscriber that leaves more than 8,192 events unread is thrown out by the node.</summary>
public sealed class NodeSubscription(Socket socket) : IDisposable
{
    /// <summary>One event lists all refs of a peer; this is enough for a hundred thousand.</summary>
    private const int MaxLineBytes = 32 << 20;

    /// <summary>The lines, until the node ends it.</summary>
    /// <exception cref="NodeException">Always, in the end: a subscription has no end of its own.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(socket);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10));
        while (true)
        {
            var result = await NodeControl.ReadAsync(reader, cancellationToken);
            var rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                yield return rest.Slice(0, end).ToArray();
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (result.IsCompleted) throw new NodeException(
                NodeFault.Disconnected, "The node ended the subscription: it is stopping, or this program was too slow.");
            if (rest.Length > MaxLineBytes) throw new NodeException(
                NodeFault.Garbled, $"The node sent a line of more than {MaxLineBytes} bytes.");
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
