using System.ComponentModel;

using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;
using Auxo.Hosting.Postgres;

using Npgsql;

namespace Auxo.Hosting.Orchestration;

/// <summary>Keeps one resource alive: waits for what it needs, starts it, starts it again with back-off, stops it when asked.</summary>
internal abstract class ResourceRunner(Resource resource, ResourceSnapshot initial, ResourceLog log, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _commands = new(1, 1);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _stop;
    private Task _life = Task.CompletedTask;

    public Resource Resource => resource;
    public ResourceLog Log => log;
    public ResourceSnapshot Snapshot { get; private set; } = initial;

    /// <summary>How often in a row it failed before it became healthy.</summary>
    public int FailedStarts { get; private set; }

    /// <summary>The runners whose resources it waits for; filled by the orchestrator.</summary>
    public IList<ResourceRunner> Needs { get; } = [];

    /// <summary>Called after every change of the snapshot.</summary>
    public Action<ResourceSnapshot>? Changed { get; set; }

    protected TimeProvider Time => time;

    /// <summary>Begins to keep it alive; nothing happens when it is already.</summary>
    public async Task StartAsync()
    {
        await _commands.WaitAsync(CancellationToken.None);
        try
        {
            if (_stop is not null) return;
            _stop = new CancellationTokenSource();
            _life = KeepAliveAsync(_stop.Token);
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>Stops it and returns when it is gone.</summary>
    public async Task StopAsync()
    {
        await _commands.WaitAsync(CancellationToken.None);
        try
        {
            if (_stop is null) return;
            await _stop.CancelAsync();
            await _life;
            _stop.Dispose();
            _stop = null;
        }
        finally
        {
            _commands.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _commands.Dispose();
        log.Dispose();
    }

    /// <summary>Completes when it is running and healthy.</summary>
    public async Task WaitUntilRunningAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _changed.Task;
            if (Snapshot.State is ResourceState.Running) return;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// One life: starts it, calls <see cref="Set"/> with <see cref="ResourceState.Running"/> when it is healthy, and returns
    /// the reason when it has ended by itself. When <paramref name="stop"/> is cancelled it ends it in order and throws.
    /// </summary>
    protected abstract Task<string> LiveAsync(CancellationToken stop);

    protected void Set(ResourceState state, string? reason = null, int? pid = null)
    {
        if (Snapshot.State == state && Snapshot.Reason == reason && Snapshot.Pid == pid) return;
        var since = Snapshot.State == state ? Snapshot.Since : time.GetUtcNow();
        Snapshot = Snapshot with { State = state, Reason = reason, Pid = pid, Since = since };
        if (state is ResourceState.Running) FailedStarts = 0;
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        Changed?.Invoke(Snapshot);
    }

    private async Task KeepAliveAsync(CancellationToken stop)
    {
        var pause = FirstPause;
        FailedStarts = 0;
        try
        {
            while (true)
            {
                if (Needs.Any(static n => n.Snapshot.State is not ResourceState.Running))
                {
                    Set(ResourceState.Waiting, "for " + string.Join(", ", Needs.Select(static n => n.Resource.Name)));
                    foreach (var needed in Needs) await needed.WaitUntilRunningAsync(stop);
                }

                Set(ResourceState.Starting);
                var began = time.GetTimestamp();
                var reason = await LiveOnceAsync(stop);
                var ran = Snapshot.State is not ResourceState.Starting;
                if (!ran) FailedStarts++;
                if (ran && time.GetElapsedTime(began) > Stable) pause = FirstPause;
                Set(ran ? ResourceState.Exited : ResourceState.FailedToStart, reason);
                log.Write($"auxo: {reason}; it is started again in {pause.TotalSeconds:0.#} s");
                await Task.Delay(pause, time, stop);
                Snapshot = Snapshot with { Restarts = Snapshot.Restarts + 1 };
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Set(ResourceState.NotStarted, "stopped");
        }
    }

    private async Task<string> LiveOnceAsync(CancellationToken stop)
    {
        try
        {
            return await LiveAsync(stop);
        }
        catch (Exception e) when (
            e is HostingException or PostgresClusterException or Win32Exception or NpgsqlException or IOException or TimeoutException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return e.Message;
        }
    }
}
