using Npgsql;

namespace Auxo.EventStore;

/// <summary>
/// Collects what concurrent callers want written and writes it in one transaction: at rest an item is written at once; what
/// arrives during a commit forms the next batch. A caller's call ends after the commit.
/// </summary>
/// <param name="commit">
/// Writes a batch in one transaction and returns a result per item, in their order. When it fails with an error of the
/// database, nothing of the batch was written, and each item is tried alone, so that one item's error is its caller's alone.
/// </param>
/// <param name="route">Items with the same number are written in the order of their calls; without it any batch may take any item.</param>
/// <param name="lanes">Batches in flight at once; two keep the database busy while it syncs.</param>
/// <param name="maxBatch">The most items of one batch.</param>
public sealed class GroupCommit<TItem, TResult>(
    Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> commit, Func<TItem, int>? route = null,
    int lanes = 2, int maxBatch = 500)
{
    private readonly Lane[] _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new Lane())];
    private int _next;

    /// <summary>
    /// Writes <paramref name="item"/> together with others and returns its result after the commit. Cancelling ends the wait
    /// only; the item may be written.
    /// </summary>
    public Task<TResult> AddAsync(TItem item, CancellationToken ct)
    {
        var waiting = new Waiting(item);
        var lane = _lanes[(uint)(route?.Invoke(item) ?? Interlocked.Increment(ref _next)) % (uint)_lanes.Length];
        bool idle;
        lock (lane)
        {
            lane.Queue.Enqueue(waiting);
            idle = !lane.Busy;
            lane.Busy = true;
        }

        if (idle) _ = PumpAsync(lane);
        return waiting.Done.Task.WaitAsync(ct);
    }

    private async Task PumpAsync(Lane lane)
    {
        while (true)
        {
            var batch = new List<Waiting>();
            lock (lane)
            {
                while (batch.Count < maxBatch && lane.Queue.TryDequeue(out var waiting)) batch.Add(waiting);
                if (batch.Count == 0)
                {
                    lane.Busy = false;
                    return;
                }
            }

            await CommitAsync(batch);
        }
    }

    private async Task CommitAsync(List<Waiting> batch)
    {
        try
        {
            var results = await commit(batch.ConvertAll(waiting => waiting.Item), CancellationToken.None);
            for (var i = 0; i < batch.Count; i++) batch[i].Done.SetResult(results[i]);
        }
        catch (PostgresException) when (batch.Count > 1)
        {
            foreach (var one in batch) await CommitAsync([one]);
        }
#pragma warning disable CA1031 // It belongs to the callers.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var waiting in batch) waiting.Done.TrySetException(e);
        }
    }

    private sealed class Lane
    {
        public Queue<Waiting> Queue { get; } = new();
        public bool Busy { get; set; }
    }

    private sealed record Waiting(TItem Item)
    {
        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
