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
    private readonly ConcurrentQueue<Build> _queued = new();
    private int _look = 1;

    /// <summary>What a build that is now like this gives the runner to hear; null for nothing.</summary>
    public static object? Of(Build build)
        => build.State switch
        {
            BuildState.Finished => new BuildEnded(build.BuildId), BuildState.Queued => new BuildReady(build), _ => null,
        };

    /// <summary>There is something to run: look at the table.</summary>
    public void Ring()
    {
        Volatile.Write(ref _look, 1);
        Wake();
    }

    /// <summary>A build was queued.</summary>
    /// <param name="build">As it was committed.</param>
    public void Ring(Build build)
    {
        _queued.Enqueue(build);
        Wake();
    }

    private void Wake()
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

    /// <summary>Waits for a ring, at most <paramref name="limit"/>; false when none came.</summary>
    internal Task<bool> WaitAsync(TimeSpan limit, CancellationToken ct) => _rung.WaitAsync(limit, ct);

    /// <summary>The builds that were queued since the last call, and whether that is all that rang.</summary>
    internal (IReadOnlyDictionary<Guid, Build> Queued, bool IsAll) TakeQueued()
    {
        // In one step: a ring in between is heard at the next turn.
        var isAll = Interlocked.Exchange(ref _look, 0) == 0;
        var queued = new Dictionary<Guid, Build>();
        while (_queued.TryDequeue(out var build)) queued[build.BuildId] = build;
        return (queued, isAll);
    }

    /// <summary>A build that was ended while nobody here ran it.</summary>
    internal bool TryTakeEnded(out Guid buildId) => _ended.TryDequeue(out buildId);

    internal void Enter(Guid buildId, CancellationTokenSource stop) => _running[buildId] = stop;

    internal void Leave(Guid buildId) => _running.TryRemove(buildId, out _);

    /// <inheritdoc/>
    public void Dispose() => _rung.Dispose();
}
