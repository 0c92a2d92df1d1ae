namespace Auxo.Pipeline.Execution.Docker;

/// <summary>What goes on behind a step's end and must be over before this process ends.</summary>
internal sealed class Background : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Takes what was begun. Its own failures are its own matter.</summary>
    public void Add(ValueTask begun)
    {
        var task = begun.AsTask();
        lock (_lock) _running.Add(task);
        _ = task.ContinueWith(
            ended =>
            {
                lock (_lock) _running.Remove(ended);
            }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits for all of it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (_lock) left = [.. _running];
        foreach (var task in left) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
