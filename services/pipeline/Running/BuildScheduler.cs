using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Runners;
using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Runners.Placing;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Disk;

using Lease = Auxo.BackgroundWork.Lease<System.Guid>;

namespace Auxo.Pipeline.Running;

/// <summary>
/// Decides which builds run and when: those that are ready, as many at once as there is room for here and with the runners that ask. It
/// is woken right after the commit that made one ready; the slow poll is the truth.
/// </summary>
internal sealed class BuildScheduler(
    BuildLeases leases, BuildExecution execution, BuildSignals signals, OpenLogs openLogs, LogStore logs, DiskGuard disk,
    RunnerDesk desk, Handovers handovers, HandoverTable table, WorkspaceStore workspaces, Machine here,
    RunnerSettings settings, TimeProvider time, ILogger<BuildScheduler> logger) : BackgroundLoop(time, logger)
{
    private readonly Dictionary<Guid, Task> _running = [];

    /// <summary>Those of them whose steps a runner runs: they take no room here.</summary>
    private readonly HashSet<Guid> _elsewhere = [];
    private Task? _closing;
    private bool _diskWasFull;

    /// <summary>False when nothing waits but what has been queued since the last look at the table: that needs no look.</summary>
    private bool _mustLook = true;

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
            await table.SweepAsync(ct);
            _closing = openLogs.CloseAsync(ct);
        }

        var isFull = IsFull();
        var askers = isFull ? [] : desk.Waiting;
        var (queued, isAll) = signals.TakeQueued();
        _mustLook |= !isAll || isFull || !leases.AreKnown || askers.Count > 0 || queued.Count > settings.Capacity - Here;
        var waiting = !_mustLook && queued.Values.All(BeginsHere)
            ? [.. queued.Values.OrderBy(static build => build.QueuedAt).Select(WaitingBuild.Of)]
            : await leases.WaitingAsync(_running.Keys, [here.Labels, .. askers.Select(static asker => asker.Machine.Labels)], ct);
        var places = Placement.Decide(
            here with { Room = isFull ? 0 : settings.Capacity - Here },
            [.. askers.Select(static asker => asker.Machine)], waiting);
        // A question gets one build; who has room for more asks again at once.
        var held = waiting.Where(static build => build.With is not null).Select(static build => build.Id).ToHashSet();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var runners = places.Where(place => place.Runner is null || held.Contains(place.Build) || asked.Add(place.Runner))
            .ToDictionary(static place => place.Build, static place => place.Runner);
        var claimed = await leases.ClaimAsync(runners.Keys, ct);
        _mustLook = claimed.Count < waiting.Count;
        foreach (var lease in claimed)
        {
            var (build, runner) = (waiting.First(build => build.Id == lease.Key), runners[lease.Key]);
            var asker = build.With is null ? askers.FirstOrDefault(asker => asker.Machine.Name == runner) : null;
            asker?.Promise();
            _running[lease.Key] = RunAsync(
                lease, _running.GetValueOrDefault(lease.Key, Task.CompletedTask), build, queued.GetValueOrDefault(lease.Key), asker, ct);
            if (runner is null) _elsewhere.Remove(lease.Key);
            else _elsewhere.Add(lease.Key);
        }

        do await WaitAsync(ct);
        while (Here >= settings.Capacity && desk.Waiting.Count == 0 && leases.AreKnown);
    }

    /// <summary>A build that was just queued needs no other machine for what it has to do.</summary>
    private bool BeginsHere(Build build) => !build.HasStepsLeft() || here.MayRun(build);

    /// <summary>How many builds run on this machine.</summary>
    private int Here => _running.Count - _elsewhere.Count;

    protected override void Report(Exception e)
    {
        leases.Doubt();
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); builds wait.", e.Message);
        else base.Report(e);
    }

    /// <summary>
    /// On a disk that is nearly full no build begins, here or elsewhere, since logs and artifacts come here; those that wait begin by
    /// themselves when there is room again.
    /// </summary>
    private bool IsFull()
    {
        var refusal = disk.Refuse();
        if (refusal is not null && !_diskWasFull) logger.LogWarning("No build is begun. {Reason}", refusal);
        _diskWasFull = refusal is not null;
        return refusal is not null;
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        // Jittered, so that the services of a machine do not all look at the same moment.
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var signal = signals.WaitAsync(settings.SlowPoll * (0.8 + Random.Shared.NextDouble() * 0.4), heard.Token);
        await Task.WhenAny([signal, .. _running.Values]);
        await heard.CancelAsync();
        // Who ended makes room for what waits, and when nobody rang for so long it is time to look.
        _mustLook |= signal is not { IsCompletedSuccessfully: true, Result: true } || _running.Values.Any(static task => task.IsCompleted);
        while (signals.TryTakeEnded(out var ended))
        {
            logs.CompleteBuild(ended);
            // A crash left it for a build that was to be carried on, and that was ended meanwhile.
            await workspaces.RemoveAsync(ended);
        }

        foreach (var (id, task) in _running)
        {
            if (!task.IsCompleted) continue;
            _running.Remove(id);
            _elsewhere.Remove(id);
        }
    }

    /// <summary>One build under its lease. Never throws.</summary>
    /// <param name="lease">The build.</param>
    /// <param name="before">The same build, which this runner may be letting go of just now; two of them would share a workspace.</param>
    /// <param name="build">What the queue says of it.</param>
    /// <param name="known">The build as it was queued a moment ago; null reads it.</param>
    /// <param name="asker">The runner that gets its steps; null for this machine, and where a runner has them already.</param>
    /// <param name="stopping">The service stops.</param>
    private async Task RunAsync(
        Lease lease, Task before, WaitingBuild build, Build? known, Asker? asker, CancellationToken stopping)
    {
        // What the one before has done to it meanwhile is not in what was queued.
        if (!before.IsCompleted) known = null;
        await before;
        var isOver = true;
        using var stop = new CancellationTokenSource();
        signals.Enter(lease.Key, stop);
        try
        {
            var kept = await leases.KeepAsync(lease, async ct =>
            {
                var place = await PlaceAsync(build, asker, ct);
                try
                {
                    isOver = place is not null && await execution.RunAsync(lease.Key, known, place, stop.Token, ct);
                }
                finally
                {
                    if (place?.With is { } with) await handovers.CloseAsync(with);
                }
            }, stopping);
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

        if (stopping.IsCancellationRequested || !isOver) await leases.GiveBackAsync(lease);
        if (!isOver) signals.Ring();
    }

    /// <summary>Where its steps run; null when the runner that had them has them no longer.</summary>
    private async Task<BuildPlace?> PlaceAsync(WaitingBuild build, Asker? asker, CancellationToken ct)
    {
        if (asker is null && !build.WasElsewhere) return BuildPlace.Here;
        if (asker is null)
        {
            var row = await table.FindAsync(build.Id, ct);
            return row?.Runner != build.With ? null : new BuildPlace(row?.Runner is null ? null : handovers.Resume(row), null, row);
        }

        // What this machine has of it is older than what the other one will make.
        await workspaces.RemoveAsync(build.Id);
        var given = await handovers.GiveAsync(build.Id, asker.Machine.Name, asker.Session, ct);
        CrashPoint.Hit("pipeline.runner.handed_over");
        asker.Give(given);
        return new BuildPlace(given, asker.Sandbox, given.Row);
    }
}
