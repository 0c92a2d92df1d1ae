using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Disk;

using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// Works through the builds that are ready, as many at once as it has room for. It is woken right after the commit that made
/// one ready; the slow poll is the truth. A build is leased with a heartbeat: what a killed process held is taken up at the
/// next start, by another host when the lease runs out.
/// </summary>
internal sealed class BuildRunner(
    NpgsqlDataSource database, IDocumentStore store, IMessageBus bus, RunnerBell bell, GitSources sources,
    VerdictCache cache, WorkspaceStore workspaces, SpareWorker spares, StepExecutors executors,
    LogStore logs, ArtifactStore artifacts, Links links, AuxoHome home, DiskGuard disk, TimeProvider time,
    RunnerSettings settings, ILogger<BuildRunner> logger) : BackgroundService
{
    private static readonly LeaseTable Table = new(
        "pipeline.builds", Key: "build_id", Ready: "state = 'ready'", OrderBy: "queued_at, build_id");

    private readonly LeasedWork<Guid> _leases = new(database, time, Table, settings.Lease);
    private readonly BuildTools _tools = new(
        sources, cache, workspaces, spares, executors, logs, artifacts, links, time, settings.InterimAfter);
    private readonly Dictionary<Guid, Task> _running = [];
    private volatile bool _leasesKnown;
    private bool _diskWasFull;

    private string OwnerFile => Path.Combine(home.Path, "run", "pipeline-runner");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var closing = Task.CompletedTask;
        var tookUp = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!tookUp)
                {
                    await TakeUpAsync(stoppingToken);
                    closing = CloseLogsAsync(stoppingToken);
                    tookUp = true;
                }

                if (!_leasesKnown) await _leases.FreeAsync(_leases.Owner, _running.Keys, stoppingToken);
                _leasesKnown = true;
                foreach (var lease in await _leases.ClaimAsync(Room(), stoppingToken))
                    _running[lease.Key] = RunAsync(lease, _running.GetValueOrDefault(lease.Key, Task.CompletedTask), stoppingToken);

                do await WaitAsync(stoppingToken);
                while (_running.Count >= settings.Capacity && _leasesKnown);
            }
            catch (Exception e) when (BuildJournal.IsAway(e))
            {
                // A claim may have been made whose answer never came.
                _leasesKnown = false;
                logger.LogWarning("PostgreSQL does not answer ({Reason}); builds wait.", e.Message);
                await Task.Delay(settings.Retry, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        await Task.WhenAll([closing, .. _running.Values]);
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
        var bells = bell.WaitAsync(settings.SlowPoll * (0.8 + Random.Shared.NextDouble() * 0.4), heard.Token);
        await Task.WhenAny([bells, .. _running.Values]);
        await heard.CancelAsync();
        while (bell.TryTakeEnded(out var ended)) logs.CompleteBuild(ended);
        foreach (var (id, task) in _running)
        {
            if (task.IsCompleted) _running.Remove(id);
        }
    }

    /// <param name="lease">The build.</param>
    /// <param name="before">The same build, which this runner may be letting go of just now; two of them would share a workspace.</param>
    /// <param name="stopping">The service stops.</param>
    private async Task RunAsync(Lease<Guid> lease, Task before, CancellationToken stopping)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var stop = new CancellationTokenSource();
        using var journal = new BuildJournal(store, bus, bell, links, time, logger, lease.Key);
        bell.Enter(lease.Key, stop);
        try
        {
            var kept = await _leases.RunAsync(lease, async ct =>
            {
                try
                {
                    await new BuildRun(_tools, journal, Environment.MachineName).RunAsync(lease.Key, stop.Token, ct);
                }
                catch (Exception e) when (e is not OperationCanceledException && !BuildJournal.IsAway(e))
                {
                    // A defect of Auxo must not be retried for ever, nor leave a patch without a word.
                    logger.LogError(e, "Build {BuildId} broke.", lease.Key);
                    await journal.WriteAsync((build, now)
                        => FinishBuild.Decide(build, Outcome.Errored,
                            $"Auxo failed: {PlainText.OneLine(e.Message, 200)}", by: null, links, now), ct);
                    logs.CompleteBuild(lease.Key);
                }
            }, stopping);
            if (!kept && !stopping.IsCancellationRequested && !stop.IsCancellationRequested) logger.LogWarning(
                "Build {BuildId} was taken over by another runner.", lease.Key);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Given back below, for whoever starts next.
        }
        catch (Exception e) when (BuildJournal.IsAway(e))
        {
            _leasesKnown = false;
            logger.LogWarning(
                "PostgreSQL went away while build {BuildId} began ({Reason}); it is taken up when it is back.", lease.Key, e.Message);
        }
        finally
        {
            bell.Leave(lease.Key);
        }

        if (stopping.IsCancellationRequested) await GiveBackAsync(lease);
    }

    private async Task GiveBackAsync(Lease<Guid> lease)
    {
        try
        {
            await _leases.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (Exception e) when (BuildJournal.IsAway(e))
        {
            logger.LogDebug("The lease of {BuildId} runs out by itself: {Reason}", lease.Key, e.Message);
        }
    }

    /// <summary>
    /// An instance's folder is locked by one process, so what the last process of this folder held is nobody's now: its leases
    /// end at once instead of when they run out. Our own name is written before the first claim, so that there is no moment in
    /// which a crash makes the next process wait.
    /// </summary>
    private async Task TakeUpAsync(CancellationToken ct)
    {
        if (File.Exists(OwnerFile) && Guid.TryParse(await File.ReadAllTextAsync(OwnerFile, ct), out var owner)
            && await _leases.FreeAsync(owner, [], ct) is > 0 and var count)
            logger.LogInformation("{Count} builds of the last run are carried on.", count);

        Directory.CreateDirectory(Path.GetDirectoryName(OwnerFile)!);
        await File.WriteAllTextAsync(OwnerFile + ".new", _leases.Owner.ToString(), ct);
        File.Move(OwnerFile + ".new", OwnerFile, overwrite: true);
    }

    /// <summary>A crash between a verdict and the end of its logs would leave them open, and whoever follows them waiting.</summary>
    private async Task CloseLogsAsync(CancellationToken ct)
    {
        try
        {
            var open = await Task.Run(logs.OpenBuilds, ct);
            if (open.Count == 0) return;
            await using var command =
                database.CreateCommand("select build_id from pipeline.builds where state = 'done' and build_id = any ($1)")
                    .With(open.ToArray());
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) logs.CompleteBuild(reader.GetGuid(0));
        }
        catch (Exception e) when (BuildJournal.IsAway(e) || e is IOException or OperationCanceledException)
        {
            logger.LogInformation("Logs that a crash left open stay so until the next start: {Reason}", e.Message);
        }
    }
}

/// <summary>How much a runner does at once and how patient it is.</summary>
/// <param name="Capacity">Builds at once; <c>Auxo:Runner:Capacity</c>, by default one per core.</param>
/// <param name="Lease">How long a lease outlives its process where no restart ends it.</param>
/// <param name="SlowPoll">How often the table is looked at when nobody rang.</param>
/// <param name="Retry">Pause while the database is away.</param>
public sealed record RunnerSettings(int Capacity, TimeSpan Lease, TimeSpan SlowPoll, TimeSpan Retry)
{
    /// <summary>
    /// When a build that still runs says so on its patch: a comment is an operation in everybody's storage, worth it only when
    /// there is something to wait for.
    /// </summary>
    public TimeSpan InterimAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="FormatException">The capacity is no number from 1 on.</exception>
    public static RunnerSettings From(IConfiguration configuration)
    {
        var capacity = Environment.ProcessorCount;
        if (configuration["Auxo:Runner:Capacity"] is { Length: > 0 } text && (!int.TryParse(text, out capacity) || capacity < 1))
            throw new FormatException($"Auxo:Runner:Capacity is '{text}'; it must be a number from 1 on.");
        return new RunnerSettings(capacity, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(250));
    }
}
