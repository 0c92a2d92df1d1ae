using System.Diagnostics;
using System.Text.Json;

using Auxo.EventStore;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Messaging;

/// <inheritdoc cref="IMessageBus"/>
internal sealed class MessageBus(
    MessagingOptions options, HandlerGraph graph, QueueTable queue, PostgresDoorbell doorbell, MessageTracking tracking,
    IDocumentStore store, IServiceScopeFactory scopes, TimeProvider time) : IMessageBus
{
    /// <summary>The channel that is rung when something was sent; every listener of the database hears it.</summary>
    public string Channel => options.SchemaName + "_envelopes";

    public async Task InvokeAsync(object message, CancellationToken ct)
    {
        var chain = graph.Find(message.GetType())
            ?? throw new InvalidOperationException($"No handler here takes {message.GetType().Name}.");
        var envelope = Wrap(message, groupId: null, session: null);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync(chain, message, envelope, acknowledge: null, ct);
                return;
            }
            catch (Exception e) when (options.Policies.StepFor(e, attempt).Action == ErrorAction.Retry)
            {
                // Only what is worth another try at once is tried again here; the caller decides about the rest.
            }
        }
    }

    public async Task SendAsync(object message, CancellationToken ct, string? groupId = null)
    {
        if (await SendNowAsync(message, due: null, groupId, ct) == 0) throw new NoSubscriberException(
            options.Types.Require(Unwrap(message).Message.GetType()).Name);
    }

    public Task PublishAsync(object message, CancellationToken ct, string? groupId = null) => SendNowAsync(message, due: null, groupId, ct);

    public Task ScheduleAsync(object message, DateTimeOffset at, CancellationToken ct, string? groupId = null)
        => SendNowAsync(message, at, groupId, ct);

    public void Publish(IDocumentSession session, object message, string? groupId = null)
    {
        var (bare, delay, group) = Unwrap(message);
        var envelope = Wrap(bare, group ?? groupId, session);
        session.QueueSqlCommand(queue.Publish(envelope, Write(bare), delay is null ? null : envelope.SentAt + delay));
        session.AfterCommit(() => Ring(envelope, bare));
    }

    /// <summary>
    /// Runs a handler in a scope and session of its own and saves: events, documents, messages and the acknowledgement in one transaction.
    /// </summary>
    public async Task RunAsync(
        HandlerChain chain, object message, Envelope envelope, Action<IDocumentSession>? acknowledge, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var session = store.LightweightSession();
        session.CorrelationId = envelope.CorrelationId;
        session.CausationId = envelope.Id.ToString();
        var saved = false;
        session.AfterCommit(() => saved = true);
        var invocation = new HandlerInvocation(message, envelope, session, scope.ServiceProvider, time.GetUtcNow(), ct);
        var outgoing = await chain.RunAsync(invocation, options.Types);
        if (saved) throw new InvalidOperationException(
            $"{chain.Name} saved its session itself. The bus saves, once, so that the message and its effects commit together.");

        // What belongs to a stream follows its order; else the order in which the cause came.
        foreach (var next in outgoing) Publish(session, next, invocation.Stream?.Key ?? envelope.GroupId);
        acknowledge?.Invoke(session);
        CrashPoint.Hit("messaging.handled");
        await session.SaveChangesAsync(ct);
        CrashPoint.Hit("messaging.committed");
    }

    private async Task<long> SendNowAsync(object message, DateTimeOffset? due, string? groupId, CancellationToken ct)
    {
        var (bare, delay, group) = Unwrap(message);
        var envelope = Wrap(bare, group ?? groupId, session: null);
        var subscribers = await queue.PublishNowAsync(envelope, Write(bare), due ?? (delay is null ? null : envelope.SentAt + delay), ct);
        Ring(envelope, bare);
        return subscribers;
    }

    private void Ring(Envelope envelope, object message)
    {
        tracking.Sent(envelope, message);
        doorbell.Ring(Channel);
    }

    private Envelope Wrap(object message, string? groupId, IDocumentSession? session)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var activity = Activity.Current;
        return new Envelope(
            id, options.Types.Require(message.GetType()).Name, groupId, session?.CorrelationId
                ?? activity?.TraceId.ToString() ?? id.ToString("N"),
            session?.CausationId ?? activity?.SpanId.ToString(), activity is { IdFormat: ActivityIdFormat.W3C }
                ? activity.Id
                : null, time.GetUtcNow(), Attempts: 0);
    }

    private byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes(message, options.Types.Require(message.GetType()).Json);

    private static (object Message, TimeSpan? Delay, string? Group) Unwrap(object message) => message switch
    {
        DelayedMessage delayed => Unwrap(delayed.Message) with { Delay = delayed.Delay },
        GroupedMessage grouped => Unwrap(grouped.Message) with { Group = grouped.GroupId },
        _ => (message, null, null),
    };
}

/// <summary>A message was sent that must have a receiver, and nobody subscribed to it.</summary>
public sealed class NoSubscriberException(string messageType)
    : Exception(
        $"Nobody subscribes to {messageType}. The service that handles it subscribes when it starts for the first "
            + "time; has it ever run on this database?");
