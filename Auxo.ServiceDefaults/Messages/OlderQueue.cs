using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

using Wolverine;
using Wolverine.Runtime.Serialization;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>
/// Takes what services send that are not on Wolverine yet from their queue table into this service's Wolverine queue: same id, same body,
/// in one transaction. It goes with the last of them (decision 150).
/// </summary>
internal sealed partial class OlderQueue(ServiceIdentity service, NpgsqlDataSource source, TimeProvider time, ILogger<OlderQueue> logger)
    : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var subscribed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(stoppingToken);
                if (!subscribed) subscribed = await SubscribeAsync(connection, stoppingToken);
                while (subscribed && !stoppingToken.IsCancellationRequested)
                {
                    if (await MoveAsync(connection, stoppingToken) == Batch) continue;
                    await connection.WaitAsync(Poll, stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested && e is NpgsqlException or IOException)
            {
                Log.Away(logger, e.Message);
            }

            await Task.Delay(Poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Says what this service wants; false while the older queue is not there.</summary>
    private async Task<bool> SubscribeAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var there = new NpgsqlCommand("select to_regclass('queues.envelopes') is not null", connection);
        if (await there.ExecuteScalarAsync(ct) is not true) return false;
        await using var subscribe = new NpgsqlCommand(
            "insert into queues.subscriptions (message_type, queue) select *, $2 from unnest($1::text[]) on conflict do nothing", connection);
        subscribe.Parameters.Add(new()
        {
            Value = Contracts.MessageRoutes.All.Where(r => r.To.Contains(service.Name)).Select(static r => r.Name).ToArray(),
        });
        subscribe.Parameters.Add(new() { Value = service.Name });
        await subscribe.ExecuteNonQueryAsync(ct);
        await using var listen = new NpgsqlCommand("listen queues_envelopes", connection);
        await listen.ExecuteNonQueryAsync(ct);
        return true;
    }

    private async Task<int> MoveAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var take = new NpgsqlCommand(
            $"""
            with taken as (
                delete from queues.envelopes where queue = $1 and (queue, id) in (
                    select queue, id from queues.envelopes where queue = $1 order by seq limit {Batch})
                returning seq, id, message_type, body::text, correlation_id, traceparent, sent_at)
            select id, message_type, body, correlation_id, traceparent, sent_at from taken order by seq
            """, connection);
        take.Parameters.Add(new() { Value = service.Name });
        var envelopes = new List<Envelope>();
        await using (var reader = await take.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                envelopes.Add(new Envelope
                {
                    Id = reader.GetGuid(0), MessageType = reader.GetString(1), ContentType = "application/json",
                    Data = System.Text.Encoding.UTF8.GetBytes(reader.GetString(2)),
                    CorrelationId = await reader.IsDBNullAsync(3, ct) ? null : reader.GetString(3),
                    ParentId = await reader.IsDBNullAsync(4, ct) ? null : reader.GetString(4),
                    SentAt = reader.GetFieldValue<DateTimeOffset>(5), Source = "older queue",
                });
            }
        }

        if (envelopes.Count == 0) return 0;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var envelope in envelopes)
        {
            batch.BatchCommands.Add(new($"insert into queues.wolverine_queue_{service.Name} (id, body, message_type) values ($1, $2, $3) on conflict do nothing")
            {
                Parameters =
                {
                    new() { Value = envelope.Id }, new() { Value = EnvelopeSerializer.Serialize(envelope) },
                    new() { Value = envelope.MessageType! },
                },
            });
        }

        batch.BatchCommands.Add(new($"select pg_notify('wolverine_queue_wakeup', 'queues.wolverine_queue_{service.Name}')"));
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return envelopes.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(63, LogLevel.Warning, "The older queue cannot be read ({Reason}); trying again.")]
        public static partial void Away(ILogger logger, string reason);
    }
}
