using System.Collections.Concurrent;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// Tells the runner of this process, right after a commit, that there is work or that some of it has ended. Only a wake-up: the
/// table and the streams are the truth, and the runner looks at them by itself now and then.
/// </summary>
public sealed class BuildSignals : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _running = new();
    private readonly ConcurrentQueue<Guid> _ended = new();

    /// <summary>What a build that is now like this gives the runner to hear; null for nothing.</summary>
    public static object? Of(Build build)
        => build.State switch { BuildState.Finished => new BuildEnded(build.BuildId), BuildState.Queued => new BuildReady(), _ => null };

    /// <summary>There is something to run.</summary>
    public void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been rung and not been heard yet: once is enough.
        }
    }

    /// <summary>
    /// The build has been ended by somebody else: its steps have to stop at once. When nobody here runs it, its logs, which
    /// a crash may have left open, are nobody's to close but the runner's.
    /// </summary>
    public void Stop(Guid buildId)
    {
        if (!_running.TryGetValue(buildId, out var stop))
        {
            _ended.Enqueue(buildId);
            Ring();
            return;
        }

        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Waits for a ring, at most <paramref name="limit"/>.</summary>
    internal Task WaitAsync(TimeSpan limit, CancellationToken ct) => _rung.WaitAsync(limit, ct);

    /// <summary>A build that was ended while nobody here ran it.</summary>
    internal bool TryTakeEnded(out Guid buildId) => _ended.TryDequeue(out buildId);

    internal void Enter(Guid buildId, CancellationTokenSource stop) => _running[buildId] = stop;

    internal void Leave(Guid buildId) => _running.TryRemove(buildId, out _);

    /// <inheritdoc/>
    public void Dispose() => _rung.Dispose();
}
