using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;

using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// Works through the builds that are ready, as many at once as it has room for. It is woken right after the commit that made one ready; the slow poll is
/// the truth. A build is leased with a heartbeat: what a killed process held is taken up at the next start, by another host when the lease runs out.
/// </summary>
internal sealed class BuildRunner(
    NpgsqlDataSource database, IDocumentStore store, IMessageBus bus, RunnerBell bell, GitSources sources, VerdictCache cache, WorkspaceStore workspaces, StepExecutors executors,
    LogStore logs, ArtifactStore artifacts, Links links, AuxoHome home, TimeProvider time, RunnerSettings settings, ILogger<BuildRunner> logger) : BackgroundService
{
    private static readonly LeaseTable Table = new("pipeline.builds", Key: "build_id", Ready: "state = 'ready'", OrderBy: "queued_at, build_id");

    private readonly LeasedWork<Guid> _leases = new(database, time, Table, settings.Lease);
    private readonly BuildTools _tools = new(sources, cache, workspaces, executors, logs, artifacts, links, time);
    private readonly HashSet<Task> _running = [];
    private string? _ownerFile;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var left = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!left) await TakeUpAsync(stoppingToken);
                left = true;
                foreach (var lease in await _leases.ClaimAsync(settings.Capacity - _running.Count, stoppingToken))
                {
                    await RememberAsync(lease.Owner, stoppingToken);
                    _running.Add(RunAsync(lease, stoppingToken));
                }

                do await WaitAsync(stoppingToken);
                while (_running.Count >= settings.Capacity);
            }
            catch (Exception e) when (BuildJournal.IsAway(e))
            {
                logger.LogWarning("PostgreSQL does not answer ({Reason}); builds wait.", e.Message);
                await Task.Delay(settings.Retry, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        await Task.WhenAll(_running);
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        // Jittered, so that the services of a machine do not all look at the same moment.
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var bells = bell.WaitAsync(settings.SlowPoll * (0.8 + Random.Shared.NextDouble() * 0.4), heard.Token);
        await Task.WhenAny([bells, .. _running]);
        await heard.CancelAsync();
        _running.RemoveWhere(task => task.IsCompleted);
    }

    private async Task RunAsync(Lease<Guid> lease, CancellationToken stopping)
    {
        using var stop = new CancellationTokenSource();
        using var journal = new BuildJournal(store, bus, bell, links, time, logger, lease.Key);
        bell.Enter(lease.Key, stop);
        try
        {
            var announced = await AnnouncedAsync(lease.Key, stopping);
            var kept = await _leases.RunAsync(lease, async ct =>
            {
                try
                {
                    await new BuildRun(_tools, journal, Environment.MachineName).RunAsync(lease.Key, announced, stop.Token, ct);
                }
                catch (Exception e) when (e is not OperationCanceledException && !BuildJournal.IsAway(e))
                {
                    // A defect of Auxo must not be retried for ever, nor leave a patch without a word.
                    logger.LogError(e, "Build {BuildId} broke.", lease.Key);
                    await journal.WriteAsync((build, now) => FinishBuild.Decide(build, Outcome.Errored, $"Auxo failed: {PlainText.OneLine(e.Message, 200)}", by: null, links, now), ct);
                }
            }, stopping);
            if (!kept && !stopping.IsCancellationRequested && !stop.IsCancellationRequested) logger.LogWarning("Build {BuildId} was taken over by another runner.", lease.Key);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Given back below, for whoever starts next.
        }
        catch (Exception e) when (BuildJournal.IsAway(e))
        {
            logger.LogWarning("PostgreSQL went away while build {BuildId} began ({Reason}); it is taken up when the lease runs out.", lease.Key, e.Message);
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

    private async Task<bool> AnnouncedAsync(Guid buildId, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select announced from pipeline.builds where build_id = $1").With(buildId);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>
    /// An instance's folder is locked by one process, so what the last process of this folder held is nobody's now: its leases end at once instead of when
    /// they run out.
    /// </summary>
    private async Task TakeUpAsync(CancellationToken ct)
    {
        var file = Path.Combine(home.Path, "run", "pipeline-runner");
        if (File.Exists(file) && Guid.TryParse(await File.ReadAllTextAsync(file, ct), out var owner))
        {
            await using var command = database.CreateCommand("update pipeline.builds set lease_owner = null, leased_until = null where lease_owner = $1").With(owner);
            if (await command.ExecuteNonQueryAsync(ct) is > 0 and var count) logger.LogInformation("{Count} builds of the last run are carried on.", count);
        }
    }

    private async Task RememberAsync(Guid owner, CancellationToken ct)
    {
        if (_ownerFile is not null) return;
        var file = Path.Combine(home.Path, "run", "pipeline-runner");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file + ".new", owner.ToString(), ct);
        File.Move(file + ".new", file, overwrite: true);
        _ownerFile = file;
    }
}

/// <summary>How much a runner does at once and how patient it is.</summary>
/// <param name="Capacity">Builds at once; <c>Auxo:Runner:Capacity</c>, by default one per core.</param>
/// <param name="Lease">How long a lease outlives its process where no restart ends it.</param>
/// <param name="SlowPoll">How often the table is looked at when nobody rang.</param>
/// <param name="Retry">Pause while the database is away.</param>
public sealed record RunnerSettings(int Capacity, TimeSpan Lease, TimeSpan SlowPoll, TimeSpan Retry)
{
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
