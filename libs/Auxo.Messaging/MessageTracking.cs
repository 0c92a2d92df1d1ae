using System.Collections.Concurrent;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Npgsql;

namespace Auxo.Messaging;

/// <summary>
/// Tells tests what the bus of one service does, and when it has nothing more to do. Costs next to nothing where nobody
/// listens.
/// </summary>
public sealed class MessageTracking
{
    private readonly List<TrackedActivity> _active = [];
    private int _inHand;

    /// <summary>Called with the end of every delivery; for tests of errors and times.</summary>
    public Action<TrackedDelivery>? OnDelivered { get; set; }

    internal void Begin(TrackedActivity activity)
    {
        lock (_active) _active.Add(activity);
    }

    internal void End(TrackedActivity activity)
    {
        lock (_active) _active.Remove(activity);
    }

    /// <summary>Whether the listener has a message in hand: its outcome may be in the database and not yet noted here.</summary>
    internal bool HasInHand => Volatile.Read(ref _inHand) > 0;

    internal void Take() => Interlocked.Increment(ref _inHand);

    internal void PutDown() => Interlocked.Decrement(ref _inHand);

    internal void Sent(Envelope envelope, object message)
    {
        foreach (var activity in Active()) activity.Add(new TrackedDelivery(envelope, message, TrackedOutcome.Sent, Exception: null));
    }

    internal void Completed(Envelope envelope, object? message, TrackedOutcome outcome, Exception? exception)
    {
        var delivery = new TrackedDelivery(envelope, message, outcome, exception);
        OnDelivered?.Invoke(delivery);
        foreach (var activity in Active()) activity.Add(delivery);
    }

    private TrackedActivity[] Active()
    {
        if (_active.Count == 0) return [];
        lock (_active) return [.. _active];
    }
}

/// <summary>What was seen of a message.</summary>
/// <param name="Envelope">Its envelope.</param>
/// <param name="Message">The message; null when it could not be read.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Exception">Why it failed.</param>
public sealed record TrackedDelivery(Envelope Envelope, object? Message, TrackedOutcome Outcome, Exception? Exception);

/// <summary>What became of a message.</summary>
public enum TrackedOutcome
{
    /// <summary>It was sent.</summary>
    Sent,

    /// <summary>Its handler ran and was saved.</summary>
    Handled,

    /// <summary>It had been handled before.</summary>
    Repeated,

    /// <summary>It failed and will be tried again.</summary>
    Postponed,

    /// <summary>It failed and was dropped, as its rule says.</summary>
    Discarded,

    /// <summary>It is in the dead letters.</summary>
    Buried,
}

/// <summary>What the messages of one action did, cascades included.</summary>
public sealed class TrackedActivity
{
    private readonly ConcurrentQueue<TrackedDelivery> _deliveries = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything, in the order it was seen.</summary>
    public IReadOnlyCollection<TrackedDelivery> Deliveries => _deliveries;

    /// <summary>The messages of one kind that were sent from here.</summary>
    public IReadOnlyList<T> Sent<T>() => Of<T>(TrackedOutcome.Sent);

    /// <summary>The messages of one kind that were handled here.</summary>
    public IReadOnlyList<T> Handled<T>() => Of<T>(TrackedOutcome.Handled);

    /// <summary>The messages of one kind that were given up on here.</summary>
    public IReadOnlyList<T> Buried<T>() => Of<T>(TrackedOutcome.Buried);

    internal void Add(TrackedDelivery delivery)
    {
        _deliveries.Enqueue(delivery);
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    internal async Task ChangedAsync(TimeSpan limit, CancellationToken ct)
    {
        await _changed.Task.WaitAsync(limit, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private IReadOnlyList<T> Of<T>(TrackedOutcome outcome)
        => [.. _deliveries.Where(d => d.Outcome == outcome).Select(d => d.Message).OfType<T>()];
}

/// <summary>Waiting for cascades, for tests.</summary>
public static class MessageTrackingExtensions
{
    /// <summary>
    /// Runs <paramref name="action"/> and waits until the service's queue has nothing more to do: whatever the action sent, and
    /// whatever its handlers sent, is handled or buried. A cascade commits with the acknowledgement of its cause, so an empty
    /// queue means that it is over. Messages scheduled for later do not count, failed ones that wait for another try do.
    /// </summary>
    /// <exception cref="TimeoutException">It did not end within <paramref name="limit"/> (10 s unless told otherwise).</exception>
    public static async Task<TrackedActivity> TrackActivityAsync(this IServiceProvider services, Func<Task> action, TimeSpan? limit = null)
    {
        var (queue, time, tracking) = (services.GetRequiredService<QueueTable>(),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<MessageTracking>());
        using var giveUp = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(10));
        var tracked = new TrackedActivity();
        tracking.Begin(tracked);
        try
        {
            await action();
            // First the queue, then the hand: what has left the queue by then is either still in hand or noted.
            while (!await IsQuietAsync(queue, time, giveUp.Token) || tracking.HasInHand)
            {
                // The completion of a message is a signal; the short limit covers those of another process or an
                // acknowledgement still on its way.
                await tracked.ChangedAsync(TimeSpan.FromMilliseconds(20), giveUp.Token);
            }

            return tracked;
        }
        catch (OperationCanceledException e) when (giveUp.IsCancellationRequested)
        {
            throw new TimeoutException(
                "Messages were still waiting. Seen so far: "
                    + $"{string.Join("; ", tracked.Deliveries.Select(d => $"{d.Envelope.MessageType} {d.Outcome} {d.Exception?.Message}"))}", e);
        }
        finally
        {
            tracking.End(tracked);
        }
    }

    private static async Task<bool> IsQuietAsync(QueueTable queue, TimeProvider time, CancellationToken ct)
    {
        try
        {
            return await queue.StateAsync(time.GetUtcNow(), ct) is { Ready: 0 };
        }
        catch (NpgsqlException)
        {
            // The database is away, as in a test of just that.
            return false;
        }
    }

    /// <inheritdoc cref="TrackActivityAsync(IServiceProvider, Func{Task}, TimeSpan?)"/>
    public static Task<TrackedActivity> TrackActivityAsync(this IHost host, Func<Task> action, TimeSpan? limit = null)
        => host.Services.TrackActivityAsync(action, limit);
}
