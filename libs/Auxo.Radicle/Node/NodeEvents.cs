using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Auxo.Radicle;

/// <summary>What happens on the line to a node.</summary>
public abstract record NodeSignal
{
    private NodeSignal()
    {
    }

    /// <summary>
    /// The subscription stands. The node tells no history, so look through the storage now: anything may have happened before.
    /// </summary>
    /// <param name="Again">False the first time.</param>
    public sealed record Connected(bool Again) : NodeSignal;

    /// <summary>The node cannot be heard; this comes once, and the next signal is <see cref="Connected"/>.</summary>
    public sealed record Lost(NodeFault Fault, string Reason) : NodeSignal;

    /// <summary>Something happened in a repository.</summary>
    public sealed record Received(NodeEvent Event) : NodeSignal;
}

/// <summary>
/// The node's events as one endless stream, through restarts of the node. The reader keeps up whatever its consumer does,
/// because a node throws slow subscribers out: when too much is waiting, it drops the line itself, and the consumer finds a new
/// <see cref="NodeSignal.Connected"/>.
/// </summary>
public sealed class NodeEvents(NodeControl control, TimeProvider time)
{
    private const int MaxWaiting = 4096;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until cancelled.</summary>
    public async IAsyncEnumerable<NodeSignal> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = Channel.CreateBounded<NodeSignal>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true });
        var listening = ListenAsync(waiting.Writer, stop.Token);
        try
        {
            await foreach (var signal in waiting.Reader.ReadAllAsync(cancellationToken)) yield return signal;
        }
        finally
        {
            await stop.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(ChannelWriter<NodeSignal> waiting, CancellationToken cancellationToken)
    {
        var (again, lost, pause) = (false, false, FirstPause);
        try
        {
            while (true)
            {
                try
                {
                    using var subscription = await control.SubscribeAsync(cancellationToken);
                    await waiting.WriteAsync(new NodeSignal.Connected(again), cancellationToken);
                    (again, lost, pause) = (true, false, FirstPause);
                    await foreach (var line in subscription.LinesAsync(cancellationToken))
                    {
                        // A busy network announces by the thousand; one that does not fit is no loss.
                        if (NodeEvent.Parse(line.Span) is not NodeEvent.Ignored
                            and var e && !waiting.TryWrite(new NodeSignal.Received(e)) && e is not NodeEvent.Announced) break;
                    }
                }
                catch (NodeException e)
                {
                    if (!lost) await waiting.WriteAsync(new NodeSignal.Lost(e.Fault, e.Message), cancellationToken);
                    lost = true;
                }

                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (Exception e)
        {
            // A stream that ended without a word would look like a quiet node.
            waiting.TryComplete(e);
            throw;
        }
    }
}
