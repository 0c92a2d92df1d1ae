using System.Collections.Concurrent;

using Auxo.Contracts;
using Auxo.Radicle;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning.Pacing;
using Auxo.Ingest.Tracking;
using Auxo.Ingest.Visibility;

namespace Auxo.Ingest.Scanning;

/// <summary>
/// Keeps a watch per tracked repository and sweeps all of them at the start and every minute: a sweep finds what no webhook
/// and no event reported.
/// </summary>
public sealed partial class Observer(
    KnownRepositories known, PublicRepositories open, RepositoryFolders folders, TimeProvider time, ILogger<Observer> logger)
    : BackgroundLoop(time, logger)
{
    private readonly ConcurrentDictionary<Rid, (RepositoryWatch Watch, CancellationTokenSource Stop)> _watches = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly SweepTurns _sweeps = SweepTurns.OfThisMachine();

    /// <summary>How often everything is scanned.</summary>
    public static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    /// <summary>Completes when all tracked repositories are watched.</summary>
    public Task Started => _started.Task;

    /// <summary>The watch of a tracked repository; null when it is not tracked.</summary>
    public RepositoryWatch? Find(Rid rid) => _watches.TryGetValue(rid, out var entry) ? entry.Watch : null;

    /// <summary>
    /// Gives the storage of a repository to read from and to write to: the one that is watched, whose objects are known already, else one
    /// that is opened for this.
    /// </summary>
    /// <exception cref="NotRadicleException">There is none at that path.</exception>
    public async Task<T> UseAsync<T>(Rid rid, string path, Func<RadicleRepository, Task<T>> use, CancellationToken ct)
    {
        if (Find(rid)?.Radicle is { } watched && watched.Path == path) return await use(watched);
        await using var opened = await RadicleRepository.OpenAsync(path, ct);
        return await use(opened);
    }

    /// <summary>Watches a repository from now on.</summary>
    public RepositoryWatch Watch(Repository repository)
    {
        if (Find(repository.Rid) is { } already) return already;
        var entry = (Watch: new RepositoryWatch(repository, known, open, folders, _sweeps, Time, logger),
            Stop: CancellationTokenSource.CreateLinkedTokenSource(_end.Token));
        if (!_watches.TryAdd(repository.Rid, entry)) return Watch(repository);

        // A watch outlives the request that began it, so it must not carry that request's trace into every later fact.
        using (ExecutionContext.SuppressFlow())
        {
            var running = Task.Run(() => RunAsync(entry.Watch, entry.Stop.Token), CancellationToken.None);
            _running[running] = true;
            _ = running.ContinueWith(t => _running.TryRemove(t, out _), TaskScheduler.Default);
        }

        return entry.Watch;
    }

    /// <summary>Lets the scans that are under way end before the database goes.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _end.CancelAsync();
        await Task.WhenAll(_running.Keys).WaitAsync(cancellationToken);
    }

    /// <summary>Watches it no longer.</summary>
    public void Unwatch(Rid rid)
    {
        if (_watches.TryRemove(rid, out var entry)) entry.Stop.Cancel();
    }

    /// <summary>Scans everything.</summary>
    public void SweepAll()
    {
        foreach (var (watch, _) in _watches.Values) watch.Wake(DetectedBy.Sweep);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var end = stoppingToken.Register(_end.Cancel);
        await base.ExecuteAsync(stoppingToken);
    }

    /// <inheritdoc/>
    protected override TimeSpan PauseAfterError => SweepEvery;

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        await TakeUpAsync(ct);
        SweepAll();
        await Task.Delay(SweepEvery, Time, ct);
    }

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.PutOff(logger, e.Message);

    /// <summary>Another process of the same instance may have tracked something, and the first read may have failed.</summary>
    private async Task TakeUpAsync(CancellationToken ct)
    {
        foreach (var repository in await known.TrackedAsync(ct)) Watch(repository);
        _started.TrySetResult();
    }

    private async Task RunAsync(RepositoryWatch watch, CancellationToken ct)
    {
        try
        {
            await watch.RunAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Untracked, or the service stops.
        }
        catch (Exception e)
        {
            // A dead watch would look like a quiet repository.
            Log.WatchDied(logger, e, watch.Rid);
            Unwatch(watch.Rid);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Warning, "The sweep is put off: {Reason}")]
        public static partial void PutOff(ILogger logger, string reason);

        [LoggerMessage(111, LogLevel.Error, "The watch of {Rid} ended; the next sweep starts it again")]
        public static partial void WatchDied(ILogger logger, Exception exception, Rid rid);
    }
}
