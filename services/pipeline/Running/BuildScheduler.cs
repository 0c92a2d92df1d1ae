using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Logs;
using Auxo.ServiceDefaults.Disk;

using Lease = Auxo.BackgroundWork.Lease<System.Guid>;

namespace Auxo.Pipeline.Running;

/// <summary>
/// Decides which builds run here and when: those that are ready, as many at once as there is room for. It is woken right after
/// the commit that made one ready; the slow poll is the truth.
/// </summary>
internal sealed class BuildScheduler(
    BuildLeases leases, BuildExecution execution, BuildSignals signals, OpenLogs openLogs, LogStore logs, DiskGuard disk,
    RunnerSettings settings, TimeProvider time, ILogger<BuildScheduler> logger) : BackgroundLoop(time, logger)
{
    private readonly Dictionary<Guid, Task> _running = [];
    private Task? _closing;
    private bool _diskWasFull;

    protected override TimeSpan PauseAfterError => settings.Retry;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        await Task.WhenAll([_closing ?? Task.CompletedTask, .. _running.Values]);
    }

    protected override async Task TurnAsync(CancellationToken ct)
    {
        if (_closing is null)
        {
            await leases.TakeUpAsync(ct);
            _closing = openLogs.CloseAsync(ct);
        }

        foreach (var lease in await leases.ClaimAsync(Room(), _running.Keys, ct))
            _running[lease.Key] = RunAsync(lease, _running.GetValueOrDefault(lease.Key, Task.CompletedTask), ct);

        do await WaitAsync(ct);
        while (_running.Count >= settings.Capacity && leases.AreKnown);
    }

    protected override void Report(Exception e)
    {
        leases.Doubt();
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); builds wait.", e.Message);
        else base.Report(e);
    }

    /// <summary>
    /// How many more builds may begin. On a disk that is nearly full none does; those that wait begin by themselves when there
    /// is room again.
    /// </summary>
    private int Room()
    {
        var refusal = disk.Refuse();
        if (refusal is not null && !_diskWasFull) logger.LogWarning("No build is begun. {Reason}", refusal);
        _diskWasFull = refusal is not null;
        return refusal is null ? settings.Capacity - _running.Count : 0;
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        // Jittered, so that the services of a machine do not all look at the same moment.
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var signal = signals.WaitAsync(settings.SlowPoll * (0.8 + Random.Shared.NextDouble() * 0.4), heard.Token);
        await Task.WhenAny([signal, .. _running.Values]);
        await heard.CancelAsync();
        while (signals.TryTakeEnded(out var ended)) logs.CompleteBuild(ended);
        foreach (var (id, task) in _running)
        {
            if (task.IsCompleted) _running.Remove(id);
        }
    }

    /// <summary>One build under its lease. Never throws.</summary>
    /// <param name="lease">The build.</param>
    /// <param name="before">The same build, which this runner may be letting go of just now; two of them would share a workspace.</param>
    /// <param name="stopping">The service stops.</param>
    private async Task RunAsync(Lease lease, Task before, CancellationToken stopping)
    {
        await before;
        using var stop = new CancellationTokenSource();
        signals.Enter(lease.Key, stop);
        try
        {
            var kept = await leases.KeepAsync(lease, ct => execution.RunAsync(lease.Key, stop.Token, ct), stopping);
            if (!kept && !stopping.IsCancellationRequested && !stop.IsCancellationRequested)
                logger.LogWarning("Build {BuildId} was taken over by another runner.", lease.Key);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Given back below, for the next start.
        }
        catch (Exception e) when (DatabaseAway.Is(e))
        {
            leases.Doubt();
            logger.LogWarning(
                "PostgreSQL went away while build {BuildId} began ({Reason}); it is taken up when it is back.", lease.Key, e.Message);
        }
        catch (Exception e)
        {
            // Freed at once it would fail again at once.
            logger.LogError(e, "Build {BuildId} did not come to its end; it is taken up again when its lease has run out.", lease.Key);
        }
        finally
        {
            signals.Leave(lease.Key);
        }

        if (stopping.IsCancellationRequested) await leases.GiveBackAsync(lease);
    }
}
