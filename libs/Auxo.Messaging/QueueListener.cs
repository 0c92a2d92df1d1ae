using Auxo.EventStore;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.Messaging;

/// <summary>
/// Takes messages from this service's queue and has them handled: in order within a group, several groups at a time. Nothing is
/// marked in the database while a message is in hand; the lanes say whose it is, and the delete in the handler's transaction
/// says that it is done. Only what waited already when a lane was taken is marked, because it may be what ended the process
/// that had the lane before.
/// </summary>
internal sealed class QueueListener(
    MessagingOptions options, HandlerGraph graph, QueueTable queue, EnvelopeHandling handling,
    MessageTracking tracking, MessageBus bus, PostgresDoorbell doorbell,
    NpgsqlDataSource source, TimeProvider time, ILogger<QueueListener> log) : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>
    /// How many messages are in hand at most: enough to keep the handlers busy, few enough to name them all in the next fetch.
    /// </summary>
    private const int Window = 256;

    private static readonly TimeSpan PurgeEvery = TimeSpan.FromMinutes(10);

    private readonly Signal _bell = new();
    private readonly LaneLocks _lanes = new(source, $"{options.SchemaName}/{options.ServiceName}");
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrency);
    private readonly SemaphoreSlim _allSlots = new(1);
    private readonly CancellationTokenSource _stopping = new();

    // Guards what follows, which the loop and the running chains share.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<QueuedEnvelope>> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<long, short> _inHand = [];
    private readonly HashSet<string> _setBack = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _counted = [];
    private bool _more;

    // The lanes of the last fetch; the loop's own.
    private HashSet<short> _known = [];
    private bool _disposed;
    private GatheredAcknowledgements? _acknowledgements;
    private Task _loop = Task.CompletedTask;
    private ITimer? _timer;

    /// <summary>The schema and the subscriptions stand before any service of this process does its first work.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken) => await queue.PrepareAsync(graph.MessageNames, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => Ring(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _acknowledgements = new GatheredAcknowledgements(queue, time, log, Acknowledged);
        // Whatever span the host was started in is not the parent of the messages to come.
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes nothing more and lets what is in hand finish, for as long as the host allows.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_disposed) return;
        await _stopping.CancelAsync();
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        await StoppingAsync(CancellationToken.None);
        _disposed = true;
        if (_timer is not null) await _timer.DisposeAsync();
        _slots.Dispose();
        _allSlots.Dispose();
        _stopping.Dispose();
    }

    private void Ring() => _bell.Set();

    private async Task RunAsync(CancellationToken stop)
    {
        using var subscription = doorbell.Subscribe(bus.Channel, Ring);
        var purge = PurgeAsync(stop);
        for (var failures = 0; !stop.IsCancellationRequested;)
        {
            try
            {
                await ListenAsync(() => failures = 0, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // The database is away or restarts. Nothing is lost: what is in hand is either committed or still in the queue.
                var pause = TimeSpan.FromMilliseconds(Math.Min(1000, 50 << Math.Min(failures++, 5)));
                log.LogWarning(e, "The queue {Queue} cannot be read; trying again in {Pause}.", options.ServiceName, pause);
                await _lanes.ResetAsync();
                _known = [];
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await DrainAsync();
        await purge;
        await _lanes.DisposeAsync();
    }

    private async Task ListenAsync(Action healthy, CancellationToken stop)
    {
        var balanceAt = DateTimeOffset.MinValue;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var now = time.GetUtcNow();
            if (now >= balanceAt)
            {
                await _lanes.BalanceAsync(BusyLanes(), stop);
                balanceAt = now + (_lanes.Balanced ? Jittered(options.SlowPoll) : Jittered(options.SlowPoll / 5));
            }

            var nextDue = await FillAsync(now, stop);
            healthy();
            if (_more && Free() > 0) continue;
            var wait = (nextDue is { } due && due < balanceAt ? due : balanceAt) - time.GetUtcNow();
            _timer!.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            await _bell.WaitAsync(stop);
        }
    }

    /// <summary>Takes what is ready into the hand; returns when the next message falls due.</summary>
    private async Task<DateTimeOffset?> FillAsync(DateTimeOffset now, CancellationToken stop)
    {
        long[] inHand;
        lock (_gate)
        {
            inHand = [.. _inHand.Keys];
            _setBack.Clear();
            _more = inHand.Length >= Window;
        }

        if (_lanes.Held.Count == 0 || inHand.Length >= Window) return null;
        var limit = Window - inHand.Length;
        var lanes = _lanes.Held.ToHashSet();
        var (ready, nextDue) = await queue.FetchAsync([.. lanes], inHand, limit, now, stop);
        lock (_gate)
        {
            _more = ready.Count >= limit;
            foreach (var fetched in ready)
            {
                // A process has at most a window in hand, from the front: whatever ended the last one is in the first fetch of its lane.
                var envelope = fetched with { IsSuspect = !_known.Contains(fetched.Lane) };
                // The group was set back while the fetch was under way: what the fetch saw of it is out of date, and out of order.
                if (_setBack.Contains(envelope.Chain)) continue;
                _inHand.Add(envelope.Seq, envelope.Lane);
                if (_chains.TryGetValue(envelope.Chain, out var chain))
                {
                    chain.Enqueue(envelope);
                    continue;
                }

                _chains.Add(envelope.Chain, chain = new Queue<QueuedEnvelope>([envelope]));
                _ = RunChainAsync(envelope.Chain, chain);
            }
        }

        _known = lanes;
        return nextDue;
    }

    /// <summary>
    /// Handles the messages of one group, one after the other; gives up a slot after each so that no group starves the others.
    /// </summary>
    private async Task RunChainAsync(string name, Queue<QueuedEnvelope> chain)
    {
        // Leaves the lock of the caller at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            QueuedEnvelope envelope;
            lock (_gate) envelope = chain.Peek();
            var result = await HandleAsync(envelope);
            if (result == HandlingResult.DoneUnacknowledged) _acknowledgements!.Add(envelope);
            if (!Advance(name, chain, envelope, result)) return;
        }
    }

    private async Task<HandlingResult> HandleAsync(QueuedEnvelope envelope)
    {
        // What was in hand when a process died is handled alone, so that nothing else is blamed for the next death.
        var slots = envelope.Deaths > 0 ? options.MaxConcurrency : 1;
        await TakeSlotsAsync(slots);
        tracking.Take();
        try
        {
            if (_stopping.IsCancellationRequested) return HandlingResult.Abandoned;
            return envelope.IsSuspect ? await HandleSuspectAsync(envelope) : await handling.HandleAsync(envelope, _stopping.Token);
        }
        catch (Exception e)
        {
            // Not the handler's error but ours in recording it: the database is away. The message is still in the queue.
            log.LogWarning(e, "What became of {MessageType} {Envelope} could not be recorded; it will be handled again.",
                envelope.Envelope.MessageType, envelope.Envelope.Id);
            RingIn(TimeSpan.FromMilliseconds(250));
            return HandlingResult.Abandoned;
        }
        finally
        {
            tracking.PutDown();
            _slots.Release(slots);
        }
    }

    private async Task<HandlingResult> HandleSuspectAsync(QueuedEnvelope envelope)
    {
        if (envelope.Deaths >= options.MaxDeaths) return await handling.BuryKillerAsync(envelope, _stopping.Token);
        bool first;
        lock (_gate) first = _counted.Add(envelope.Envelope.Id);
        // Once per process: where only the database went away and came back, nobody has died.
        if (first) await queue.CountDeathAsync(envelope.Envelope.Id, _stopping.Token);
        var result = await handling.HandleAsync(envelope, _stopping.Token);
        if (result == HandlingResult.Abandoned) await queue.TakeBackDeathAsync(envelope.Envelope.Id, CancellationToken.None);
        else lock (_gate) _counted.Remove(envelope.Envelope.Id);
        return result;
    }

    /// <summary>One, or all of them; who wants all waits for nobody else who does.</summary>
    private async Task TakeSlotsAsync(int count)
    {
        if (count > 1) await _allSlots.WaitAsync(CancellationToken.None);
        for (var i = 0; i < count; i++) await _slots.WaitAsync(CancellationToken.None);
        if (count > 1) _allSlots.Release();
    }

    /// <summary>Puts the head of a chain out of hand; false when the chain has ended.</summary>
    private bool Advance(string name, Queue<QueuedEnvelope> chain, QueuedEnvelope head, HandlingResult result)
    {
        lock (_gate)
        {
            chain.Dequeue();
            if (result != HandlingResult.DoneUnacknowledged) _inHand.Remove(head.Seq);
            var setBack = result is HandlingResult.Postponed or HandlingResult.Abandoned;
            if (setBack)
            {
                // The rest waits in the database behind its head.
                foreach (var later in chain) _inHand.Remove(later.Seq);
                chain.Clear();
                _setBack.Add(name);
            }

            if (chain.Count == 0) _chains.Remove(name);
            // A failed message held its group back in the database; and a full hand has room again.
            if (result == HandlingResult.Postponed || head.Envelope.Attempts > 0 || _more && _inHand.Count <= Window / 2) Ring();
            return chain.Count > 0;
        }
    }

    private void Acknowledged(IReadOnlyList<QueuedEnvelope> envelopes, bool ok)
    {
        lock (_gate)
        {
            foreach (var envelope in envelopes) _inHand.Remove(envelope.Seq);
            if (_more) Ring();
        }

        if (!ok) RingIn(TimeSpan.FromMilliseconds(250));
    }

    private void RingIn(TimeSpan pause) => _ = Task.Delay(pause, time, _stopping.Token)
        .ContinueWith(_ => Ring(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    /// <summary>Waits until nothing is running: every slot is free and every acknowledgement written.</summary>
    private async Task DrainAsync()
    {
        await TakeSlotsAsync(options.MaxConcurrency);
        await _acknowledgements!.Written;
        _slots.Release(options.MaxConcurrency);
    }

    private async Task PurgeAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(PurgeEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                try
                {
                    await queue.PurgeHandledAsync(time.GetUtcNow() - options.KeepHandled, stop);
                }
                catch (NpgsqlException e)
                {
                    log.LogWarning(e, "Old handled ids were not removed this time.");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private HashSet<short> BusyLanes()
    {
        lock (_gate) return [.. _inHand.Values];
    }

    private int Free()
    {
        lock (_gate) return Window - _inHand.Count;
    }

    private static TimeSpan Jittered(TimeSpan span) => span * (1 + Random.Shared.NextDouble() / 5);
}
