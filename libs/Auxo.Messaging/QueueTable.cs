using Npgsql;

using NpgsqlTypes;

namespace Auxo.Messaging;

/// <summary>The SQL of one service's queue. Times come from the caller, so that tests decide what time it is.</summary>
internal sealed class QueueTable(NpgsqlDataSource source, MessagingOptions options)
{
    private readonly string _schema = options.SchemaName;
    private readonly string _queue = options.ServiceName;

    /// <summary>
    /// Creates or upgrades the schema where nobody has done it before (one login for all), and subscribes this service to what
    /// it handles.
    /// </summary>
    public async Task PrepareAsync(IReadOnlyList<string> messageNames, CancellationToken ct)
    {
        if (!await IsCurrentAsync(ct)) await QueueSchema.ApplyAsync(source, _schema, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command($"delete from {_schema}.subscriptions where queue = $1 and message_type <> all ($2)", _queue,
                    messageNames.ToArray()),
                Command($"insert into {_schema}.subscriptions (message_type, queue) select t, $1 from unnest($2) t on conflict do nothing",
                    _queue, messageNames.ToArray()),
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>True when nothing is to be applied: then a login that may not change the schema can start all the same.</summary>
    private async Task<bool> IsCurrentAsync(CancellationToken ct)
    {
        var known = typeof(QueueTable)
            .Assembly.GetManifestResourceNames().Count(name => name.StartsWith(QueueSchema.Component + ".", StringComparison.Ordinal));
        try
        {
            await using var command = source.CreateCommand($"select max(version) from {_schema}.schema_version where component = $1");
            Add(command.Parameters, QueueSchema.Component);
            return await command.ExecuteScalarAsync(ct) is int version && version == known;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    /// <summary>The INSERT that is a sending; see <c>publish</c> in queues.001.sql.</summary>
    public NpgsqlBatchCommand Publish(Envelope envelope, byte[] body, DateTimeOffset? due) => Command(
        $"select {_schema}.publish($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        envelope.Id, envelope.MessageType, Text(envelope.GroupId), new NpgsqlParameter { Value = body, NpgsqlDbType = NpgsqlDbType.Json },
        Text(envelope.CorrelationId), Text(envelope.CausationId), Text(envelope.TraceParent), envelope.SentAt, Time(due));

    /// <summary>Sends in a transaction of its own; returns the number of subscribers.</summary>
    public async Task<long> PublishNowAsync(Envelope envelope, byte[] body, DateTimeOffset? due, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Publish(envelope, body, due) } };
        return (long)(await batch.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The DELETE that is the acknowledgement, for the handler's own transaction.</summary>
    public NpgsqlBatchCommand Acknowledge(Guid id, DateTimeOffset now)
        => Command($"select {_schema}.acknowledge($1, $2, $3)", _queue, id, now);

    public Task AcknowledgeAllAsync(Guid[] ids, DateTimeOffset now, CancellationToken ct)
        => ExecuteAsync($"select {_schema}.acknowledge_all($1, $2, $3)", ct, _queue, ids, now);

    /// <summary>
    /// What may be handled now, in order: of these lanes, not in the worker's hands already, due, and not behind a failed
    /// message of its group. And when the next one falls due.
    /// </summary>
    public async Task<(IReadOnlyList<QueuedEnvelope> Ready, DateTimeOffset? NextDue)> FetchAsync(
        short[] lanes, long[] inHand, int limit, DateTimeOffset now, CancellationToken ct)
    {
        const string Columns =
            "e.seq, e.lane, e.id, e.message_type, e.group_id, e.body, e.correlation_id, e.causation_id, e.traceparent, "
                + "e.sent_at, e.attempts, e.deaths";
        var free = $"""
            e.queue = $1 and e.lane = any ($2) and e.seq <> all ($3) and (e.group_id is null or not exists (
                select from {_schema}.envelopes f
                where f.queue = e.queue and f.group_id = e.group_id and f.attempts > 0 and f.seq < e.seq and f.seq <> all ($3)))
            """;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    $"""
                    (select {Columns} from {_schema}.envelopes e where {free} and e.due is null order by e.seq limit $4)
                    union all
                    (select {Columns} from {_schema}.envelopes e where {free} and e.due <= $5 order by e.due, e.seq limit $4)
                    order by 1
                    """,
                    _queue, lanes, inHand, limit, now),
                Command($"select min(due) from {_schema}.envelopes where queue = $1 and due > $2", _queue, now),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var ready = new List<QueuedEnvelope>();
        while (await reader.ReadAsync(ct))
        {
            ready.Add(new QueuedEnvelope(
                reader.GetInt64(0), reader.GetInt16(1), reader.GetFieldValue<byte[]>(5),
                new Envelope(reader.GetGuid(2), reader.GetString(3), TextAt(4), TextAt(6), TextAt(7), TextAt(8),
                    reader.GetFieldValue<DateTimeOffset>(9), reader.GetInt32(10)), reader.GetInt32(11)));
        }

        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return (ready, await reader.IsDBNullAsync(0, ct) ? null : reader.GetFieldValue<DateTimeOffset>(0));

        string? TextAt(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    public Task RescheduleAsync(Guid id, int attempts, DateTimeOffset due, CancellationToken ct)
        => ExecuteAsync($"update {_schema}.envelopes set attempts = $3, due = $4, deaths = 0 where queue = $1 and id = $2",
            ct, _queue, id, attempts, due);

    /// <summary>Counts a death before it can happen; whatever else becomes of the message takes it back.</summary>
    public Task CountDeathAsync(Guid id, CancellationToken ct)
        => ExecuteAsync($"update {_schema}.envelopes set deaths = deaths + 1 where queue = $1 and id = $2", ct, _queue, id);

    /// <summary>It was given up in order, and nobody died.</summary>
    public Task TakeBackDeathAsync(Guid id, CancellationToken ct)
        => ExecuteAsync($"update {_schema}.envelopes set deaths = 0 where queue = $1 and id = $2", ct, _queue, id);

    public Task BuryAsync(Guid id, int attempts, string reason, string detail, DateTimeOffset now, CancellationToken ct)
        => ExecuteAsync($"select {_schema}.bury($1, $2, $3, $4, $5, $6)", ct, _queue, id, attempts, reason, detail, now);

    public Task DropAsync(Guid id, CancellationToken ct)
        => ExecuteAsync($"delete from {_schema}.envelopes where queue = $1 and id = $2", ct, _queue, id);

    /// <summary>Forgets ids handled before <paramref name="before"/>, in small steps so that no lock is held for long.</summary>
    public async Task PurgeHandledAsync(DateTimeOffset before, CancellationToken ct)
    {
        const int Step = 2000;
        while (await ExecuteAsync(
            $"delete from {_schema}.handled_envelopes where ctid = any (array(select ctid from "
                + $"{_schema}.handled_envelopes where queue = $1 and handled_at < $2 limit {Step}))",
            ct, _queue, before) == Step)
        {
        }
    }

    /// <summary>How much waits: ready now or failed and to be tried again; scheduled for later; buried.</summary>
    public async Task<QueueState> StateAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            select count(*) filter (where due is null or due <= $2 or attempts > 0), count(*) filter (where due > $2 and attempts = 0),
                   (select count(*) from {_schema}.dead_letters where queue = $1),
                   min(coalesce(due, sent_at)) filter (where due is null or due <= $2 or attempts > 0)
            from {_schema}.envelopes where queue = $1
            """);
        Add(command.Parameters, _queue, now);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var oldest = await reader.IsDBNullAsync(3, ct) ? TimeSpan.Zero : now - reader.GetFieldValue<DateTimeOffset>(3);
        return new QueueState(_queue, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), Math.Max(0, oldest.TotalSeconds));
    }

    /// <summary>
    /// The messages of these traces that are not handled yet. A queue is nearly always nearly empty, so it is read through.
    /// </summary>
    public async Task<IReadOnlyList<WaitingMessage>> WaitingAsync(string[] traces, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"select id, message_type, correlation_id, sent_at, due, attempts from {_schema}.envelopes where queue = "
                + "$1 and correlation_id = any ($2) order by seq limit 200");
        Add(command.Parameters, _queue, traces);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var waiting = new List<WaitingMessage>();
        while (await reader.ReadAsync(ct))
        {
            waiting.Add(new WaitingMessage(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3),
                await reader.IsDBNullAsync(4, ct) ? null : reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5)));
        }

        return waiting;
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = source.CreateCommand(sql);
        Add(command.Parameters, values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Add(command.Parameters, values);
        return command;
    }

    private static void Add(NpgsqlParameterCollection parameters, params object[] values)
    {
        foreach (var value in values) parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter
        {
            Value = value is DateTimeOffset time ? time.ToUniversalTime() : value,
        });
    }

    private static NpgsqlParameter Text(string? value) => new()
    {
        Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text,
    };

    private static NpgsqlParameter Time(DateTimeOffset? value)
        => new() { Value = (object?)value?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}

/// <summary>A message that waits.</summary>
/// <param name="Id">Its envelope's id.</param>
/// <param name="MessageType">Its wire name.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Due">Not before then; null for at once.</param>
/// <param name="Attempts">That failed.</param>
public sealed record WaitingMessage(
    Guid Id, string MessageType, string CorrelationId, DateTimeOffset SentAt, DateTimeOffset? Due, int Attempts);

/// <summary>How much waits in a queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Ready">To be handled now, those that failed and wait for another try included.</param>
/// <param name="Scheduled">For later.</param>
/// <param name="DeadLetters">Buried.</param>
/// <param name="OldestSeconds">How long the oldest ready one has been waiting, in seconds.</param>
public sealed record QueueState(string Queue, long Ready, long Scheduled, long DeadLetters, double OldestSeconds);
