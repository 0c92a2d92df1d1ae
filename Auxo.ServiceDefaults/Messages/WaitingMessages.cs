using Npgsql;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>How much waits for a service.</summary>
/// <param name="Queue">The service.</param>
/// <param name="Ready">Messages that may be handled now, and those in hand.</param>
/// <param name="Scheduled">Messages that wait for their time, failed ones for another try included.</param>
/// <param name="DeadLetters">Messages that were given up.</param>
/// <param name="OldestSeconds">The age of the oldest ready message; 0 when none is.</param>
public sealed record QueueState(string Queue, long Ready, long Scheduled, long DeadLetters, double OldestSeconds);

/// <summary>One message that waits.</summary>
/// <param name="Id">Its envelope's id.</param>
/// <param name="MessageType">Its name on the wire.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Due">Not before; null when it may be handled now.</param>
/// <param name="Attempts">How often it has failed.</param>
public sealed record WaitingMessage(
    Guid Id, string MessageType, string? CorrelationId, DateTimeOffset SentAt, DateTimeOffset? Due, int Attempts);

/// <summary>Looks into the service's own queue and inbox.</summary>
public sealed class WaitingMessages(ServiceIdentity service, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>At most so many are looked at one by one.</summary>
    private const int Most = 1000;

    /// <summary>The state of the queue.</summary>
    public async Task<QueueState> StateAsync(CancellationToken ct)
    {
        var waiting = await ReadAsync(ct);
        var ready = waiting.Where(static m => m.Due is null).ToList();
        await using var command = source.CreateCommand(
            $"""
            select (select count(*) from queues.wolverine_queue_{service.Name})
                     + (select count(*) from {service.Name}.wolverine_incoming_envelopes where status = 'Incoming'),
                   (select count(*) from queues.wolverine_queue_{service.Name}_scheduled)
                     + (select count(*) from {service.Name}.wolverine_incoming_envelopes where status = 'Scheduled'),
                   (select count(*) from {service.Name}.wolverine_dead_letters)
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var oldest = ready.Count == 0 ? 0 : Math.Max(0, (time.GetUtcNow() - ready.Min(static m => m.SentAt)).TotalSeconds);
        return new QueueState(service.Name, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), oldest);
    }

    /// <summary>What waits of these traces.</summary>
    public async Task<IReadOnlyList<WaitingMessage>> OfTracesAsync(IReadOnlyCollection<string> traces, CancellationToken ct)
        => [.. (await ReadAsync(ct)).Where(m => m.CorrelationId is { } trace && traces.Contains(trace)).OrderBy(static m => m.SentAt)];

    private async Task<IReadOnlyList<WaitingMessage>> ReadAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            (select body, null::timestamptz, 0 from queues.wolverine_queue_{service.Name} order by timestamp limit {Most})
            union all
            (select body, execution_time, 0 from queues.wolverine_queue_{service.Name}_scheduled order by execution_time limit {Most})
            union all
            (select body, case status when 'Scheduled' then execution_time end, attempts
             from {service.Name}.wolverine_incoming_envelopes where status <> 'Handled' limit {Most})
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var waiting = new List<WaitingMessage>();
        while (await reader.ReadAsync(ct))
        {
            // What cannot be read is counted all the same; Wolverine or the next start makes a dead letter of it.
            if (UnreadableMessages.Read(reader.GetFieldValue<byte[]>(0)) is not { } envelope) continue;
            waiting.Add(new WaitingMessage(
                envelope.Id, envelope.MessageType ?? "", envelope.CorrelationId, envelope.SentAt,
                await reader.IsDBNullAsync(1, ct) ? null : reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt32(2)));
        }

        return waiting;
    }
}
