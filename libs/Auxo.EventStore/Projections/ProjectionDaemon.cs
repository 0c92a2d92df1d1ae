using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.EventStore.Projections;

/// <summary>
/// Runs the asynchronous projections: one reader of the store's order feeds them all. Woken by the doorbell, with a slow poll
/// as the truth; the loss of the database interrupts it and no more.
/// </summary>
public sealed class ProjectionDaemon : BackgroundService
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(50);

    private readonly DocumentStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventFeed _feed;
    private readonly List<ProjectionShard> _shards;
    private readonly Signal _rung = new();

    /// <summary>For the store's asynchronous projections; does nothing when there are none.</summary>
    public ProjectionDaemon(DocumentStore store, TimeProvider time, ILogger<ProjectionDaemon>? logger = null)
    {
        (_store, _time, _logger) = (store, time, logger ?? NullLogger<ProjectionDaemon>.Instance);
        _feed = new EventFeed(store.Options.Projections.PageSize);
        _shards = [.. store.Options.Projections.All.Where(projection => projection.Lifecycle == ProjectionLifecycle.Async)
            .Select(projection => new ProjectionShard(store, projection, _feed, time, _logger))];
    }

    /// <summary>Each projection: its progress row, where it stands, how far the store is proven final, and what it stumbles over.</summary>
    public IReadOnlyList<ShardState> Shards
        => [.. _shards.Select(shard => new ShardState(shard.Name, shard.Position, _feed.Position, shard.Error))];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_shards.Count == 0) return;
        using var subscription = _store.Doorbell?.Subscribe(_store.EventsChannel, _rung.Set);
        await UntilDoneAsync("loading the progress of the projections", async () =>
        {
            foreach (var shard in _shards) await shard.LoadProgressAsync(stoppingToken);
        }, stoppingToken);
        var start = _shards.Max(shard => shard.Position);
        _feed.Start(start);
        await Task.WhenAll(
            [ReadAsync(new EventReader(_store, start), stoppingToken), .. _shards.Select(shard => shard.RunAsync(stoppingToken))]);
    }

    private async Task ReadAsync(EventReader reader, CancellationToken stopping)
    {
        var look = TimeSpan.Zero;
        while (!stopping.IsCancellationRequested)
        {
            await UntilDoneAsync("reading events", async () =>
            {
                var page = await reader.NextAsync(_store.Options.Projections.PageSize, stopping);
                if (page.To > page.From)
                {
                    _feed.Publish(page);
                    foreach (var shard in _shards) shard.Wake();
                    look = TimeSpan.Zero;
                }

                while (_feed.IsFull(_shards)) await _feed.WhenReleasedAsync(stopping);
                if (reader.Blocked) look = await LookAgainAsync(look, stopping);
                else if (page.Events.Count < _store.Options.Projections.PageSize) await WaitForMoreAsync(stopping);
            }, stopping);
        }
    }

    /// <summary>At a hole nobody rings: its owner may roll back. The first look is at once, since a dead hole is proven by then.</summary>
    private async Task<TimeSpan> LookAgainAsync(TimeSpan look, CancellationToken ct)
    {
        if (look > TimeSpan.Zero) await Task.Delay(look, _time, ct);
        return look == TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : look * 2 < LongestLook ? look * 2 : LongestLook;
    }

    private async Task WaitForMoreAsync(CancellationToken ct)
    {
        var poll = _store.Options.Projections.SlowPoll;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var rung = _rung.WaitAsync(limit.Token);
        await Task.WhenAny(rung, Task.Delay(poll * (0.9 + (0.2 * Random.Shared.NextDouble())), _time, limit.Token));
        await limit.CancelAsync();
        await rung.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Nothing ends the loop but the end of the service.</summary>
    private async Task UntilDoneAsync(string what, Func<Task> action, CancellationToken stopping)
    {
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause < TimeSpan.FromSeconds(2) ? pause * 2 : pause)
        {
            try
            {
                await action();
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, the projections must go on when it is over.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _logger.LogWarning(e, "The projection daemon was interrupted while {What}; again in {Pause}.", what, pause);
                await Task.Delay(pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

/// <summary>Where an asynchronous projection stands.</summary>
/// <param name="Name">The name of its progress row.</param>
/// <param name="Position">Everything up to here is in its documents.</param>
/// <param name="Final">How far the store is known to be complete; the difference is the lag.</param>
/// <param name="Error">What it stumbles over at the moment, or null.</param>
public sealed record ShardState(string Name, long Position, long Final, string? Error);
