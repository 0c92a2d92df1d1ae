using System.Diagnostics;
using System.Text.Json;

using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.Messaging;

/// <summary>What became of one delivery.</summary>
internal enum HandlingResult
{
    /// <summary>The message is out of the queue: handled, buried, or a repeat.</summary>
    Done,

    /// <summary>Handled by an idempotent handler; the acknowledgement is still to be written.</summary>
    DoneUnacknowledged,

    /// <summary>It failed and is to be tried again later; its group waits.</summary>
    Postponed,

    /// <summary>Nobody knows: it stays in the queue as it is.</summary>
    Abandoned,
}

/// <summary>Handles one envelope: reads it, runs the handler, and on errors does what the policies say.</summary>
internal sealed class EnvelopeHandling(
    MessagingOptions options, HandlerGraph graph, QueueTable queue, MessageBus bus, MessageTracking tracking,
    TimeProvider time, ILogger<EnvelopeHandling> log)
{
    /// <exception cref="NpgsqlException">The outcome could not be recorded; the message is still in the queue.</exception>
    public async Task<HandlingResult> HandleAsync(QueuedEnvelope queued, CancellationToken stop)
    {
        var envelope = queued.Envelope;
        if (options.Types.Find(envelope.MessageType) is not { } type || graph.Find(type.Type) is not { } chain)
            return await BuryAsync(envelope, envelope.Attempts, "unknown_message",
                $"{options.ServiceName} has no handler for {envelope.MessageType}; it was sent when there was one, or by hand.", stop);

        object message;
        try
        {
            message = JsonSerializer.Deserialize(queued.Body, type.Json) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException e)
        {
            return await BuryAsync(envelope, envelope.Attempts, "unreadable_message", e.Message, stop);
        }

        using var activity = MessagingTelemetry.Start(envelope);
        for (var attempt = envelope.Attempts + 1; ; attempt++)
        {
            var started = time.GetTimestamp();
            using var limit = new CancellationTokenSource(options.HandlerTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            try
            {
                await bus.RunAsync(
                    chain, message, envelope with { Attempts = attempt - 1 },
                    chain.Idempotent ? null : session
                        => session.QueueSqlCommand(queue.Acknowledge(envelope.Id, time.GetUtcNow())), either.Token);
                MessagingTelemetry.Handled(envelope, time.GetElapsedTime(started), "ok");
                tracking.Completed(envelope, message, TrackedOutcome.Handled, exception: null);
                return chain.Idempotent ? HandlingResult.DoneUnacknowledged : HandlingResult.Done;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return HandlingResult.Abandoned;
            }
            catch (Exception e) when (SqlStateOf(e) == QueueErrors.Gone)
            {
                // Another listener took over this lane and was faster; ours was rolled back.
                return HandlingResult.Done;
            }
            catch (Exception e) when (SqlStateOf(e) == QueueErrors.HandledBefore)
            {
                await queue.DropAsync(envelope.Id, stop);
                tracking.Completed(envelope, message, TrackedOutcome.Repeated, exception: null);
                return HandlingResult.Done;
            }
            catch (Exception e)
            {
                var error = limit.IsCancellationRequested && e is OperationCanceledException
                    ? new TimeoutException(
                        $"{chain.Name} took longer than {options.HandlerTimeout}; long work belongs to a leased worker.", e)
                    : e;
                MessagingTelemetry.Handled(envelope, time.GetElapsedTime(started), "error");
                activity.SetStatus(ActivityStatusCode.Error, error.Message);
                var step = options.Policies.StepFor(error, attempt);
                log.LogWarning(error, "{Handler} failed for {MessageType} {Envelope}, attempt {Attempt}: {Step}.",
                    chain.Name, envelope.MessageType, envelope.Id, attempt, step);
                if (step.Action == ErrorAction.Retry) continue;
                return await EndAsync(envelope, message, attempt, step, error, stop);
            }
        }
    }

    /// <summary>Buries what has ended process after process.</summary>
    /// <exception cref="NpgsqlException">The outcome could not be recorded; the message is still in the queue.</exception>
    public Task<HandlingResult> BuryKillerAsync(QueuedEnvelope queued, CancellationToken stop)
        => BuryAsync(
            queued.Envelope, queued.Envelope.Attempts, "ended_the_process",
            $"{queued.Deaths} times in a row {options.ServiceName} ended while it handled this. Its log, or the "
                + "system's, may say why (memory, stack); nothing was caught.", stop);

    private async Task<HandlingResult> EndAsync(
        Envelope envelope, object message, int attempt, ErrorStep step, Exception error, CancellationToken stop)
    {
        switch (step.Action)
        {
            case ErrorAction.Schedule:
                await queue.RescheduleAsync(envelope.Id, attempt, time.GetUtcNow() + step.Pause, stop);
                tracking.Completed(envelope, message, TrackedOutcome.Postponed, error);
                return HandlingResult.Postponed;
            case ErrorAction.Discard:
                await queue.DropAsync(envelope.Id, stop);
                tracking.Completed(envelope, message, TrackedOutcome.Discarded, error);
                return HandlingResult.Done;
            default:
                return await BuryAsync(envelope, attempt, error.GetType().Name, error.ToString(), stop, message, error);
        }
    }

    private async Task<HandlingResult> BuryAsync(
        Envelope envelope, int attempts, string reason, string detail, CancellationToken stop, object? message = null,
        Exception? error = null)
    {
        await queue.BuryAsync(envelope.Id, attempts, reason, detail, time.GetUtcNow(), stop);
        log.LogError("{MessageType} {Envelope} is in the dead letters of {Queue} ({Reason}). When the cause is gone, replay it.",
            envelope.MessageType, envelope.Id, options.ServiceName, reason);
        MessagingTelemetry.Buried(envelope);
        tracking.Completed(envelope, message, TrackedOutcome.Buried, error);
        return HandlingResult.Done;
    }

    private static string? SqlStateOf(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is PostgresException postgres) return postgres.SqlState;
        }

        return null;
    }
}

/// <summary>Error codes that queues.001.sql raises.</summary>
internal static class QueueErrors
{
    public const string Gone = "AX001";
    public const string HandledBefore = "AX002";
    public const string LeaseLost = "AX003";
}
