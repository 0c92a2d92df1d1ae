using Auxo.EventStore.Projections;

using Npgsql;

using NpgsqlTypes;

namespace Auxo.EventStore;

/// <summary>Reads of streams.</summary>
internal class QueryEventStore(DocumentStore store) : IQueryEventStore
{
    /// <summary>What <see cref="ReadEvent"/> reads, in its order.</summary>
    public const string Columns = "e.seq_id, e.id, e.stream_id, e.version, e.type, e.timestamp, e.correlation_id, e.causation_id, e.data";

    protected DocumentStore Store { get; } = store;

    public async Task<IReadOnlyList<IEvent>> FetchStreamAsync(
        string key, CancellationToken ct, long version = 0, DateTimeOffset? timestamp = null)
    {
        // A time means a prefix of the stream: were a clock set back once, what follows the first later event is later as well.
        await using var command = Store.Source.CreateCommand(
            $"""
            select {Columns} from {Store.Schema}.mt_events e
            where e.stream_id = $1 and e.version <= $2
              and ($3 is null or e.version < coalesce((select min(version) from {Store.Schema}.mt_events where stream_id = $1 and timestamp > $3), {long.MaxValue}))
            order by e.version
            """);
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = version == 0 ? long.MaxValue : version });
        command.Parameters.Add(new()
        {
            Value = (object?)timestamp?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz,
        });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<IEvent>();
        while (await reader.ReadAsync(ct)) events.Add(ReadEvent(reader, Store.Options.Events));
        return events;
    }

    public async Task<StreamState?> FetchStreamStateAsync(string key, CancellationToken ct)
    {
        await using var command = Store.Source.CreateCommand(
            $"select version, created, timestamp from {Store.Schema}.mt_streams where id = $1");
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new StreamState(key, reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2))
            : null;
    }

    public async Task<T?> AggregateStreamAsync<T>(string key, CancellationToken ct, long version = 0, DateTimeOffset? timestamp = null)
        where T : class
    {
        var aggregate = Store.Aggregate<T>();
        object? state = null;
        foreach (var @event in await FetchStreamAsync(key, ct, version, timestamp)) state = aggregate.Apply(state, @event);
        return (T?)state;
    }

    public async Task<T?> FetchLatest<T>(string key, CancellationToken ct)
        where T : class
    {
        await using var command = Store.Source.CreateCommand();
        var aggregate = Store.Aggregate<T>();
        command.CommandText = LatestSql(aggregate);
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return (T?)(await ReadLatestAsync(reader, aggregate, ct)).State;
    }

    /// <summary>
    /// The snapshot with the events after it, by one statement and so of one moment: a snapshot that lags (an async one, or one that was
    /// introduced later) is completed by its tail. <c>$1</c> is the key.
    /// </summary>
    protected internal string LatestSql(Projection aggregate)
        => aggregate.Lifecycle == ProjectionLifecycle.Live
            ? $"select null, null, {Columns} from {Store.Schema}.mt_events e where e.stream_id = $1 order by e.version"
            : $"""
               select d.mt_version, d.data, {Columns}
               from (select $1::text as id) k
               left join {Store.Document(aggregate.DocumentType).Table} d on d.id = k.id
               left join {Store.Schema}.mt_events e on e.stream_id = k.id and e.version > coalesce(d.mt_version, 0)
               order by e.version
               """;

    /// <summary>Reads what <see cref="LatestSql"/> selects.</summary>
    protected internal async Task<Latest> ReadLatestAsync(NpgsqlDataReader reader, Projection aggregate, CancellationToken ct)
    {
        var latest = default(Latest);
        var first = true;
        while (await reader.ReadAsync(ct))
        {
            if (first && !await reader.IsDBNullAsync(0, ct))
            {
                var snapshotVersion = reader.GetInt64(0);
                latest = new(Store.Document(aggregate.DocumentType)
                    .Read(reader.GetFieldValue<byte[]>(1)), snapshotVersion, snapshotVersion, Stored: true);
            }

            first = false;
            if (await reader.IsDBNullAsync(2, ct)) continue;
            var @event = ReadEvent(reader, Store.Options.Events, offset: 2);
            latest = latest with { Version = @event.Version };
            if (aggregate.Handles(((IEvent)@event).Data.GetType())) latest =
                latest with { State = aggregate.Apply(latest.State, @event), Touched = @event.Version };
        }

        return latest;
    }

    internal static Event ReadEvent(NpgsqlDataReader reader, EventOptions options, int offset = 0)
    {
        var (sequence, key) = (reader.GetInt64(offset), reader.GetString(offset + 2));
        var mapping = options.ByName(reader.GetString(offset + 4), key, sequence);
        var @event = mapping.Read(key, reader.GetFieldValue<byte[]>(offset + 8));
        @event.Sequence = sequence;
        @event.Id = reader.GetGuid(offset + 1);
        @event.Version = reader.GetInt64(offset + 3);
        @event.Timestamp = reader.GetFieldValue<DateTimeOffset>(offset + 5);
        @event.CorrelationId = reader.IsDBNull(offset + 6) ? null : reader.GetString(offset + 6);
        @event.CausationId = reader.IsDBNull(offset + 7) ? null : reader.GetString(offset + 7);
        return @event;
    }

    /// <summary>An aggregate as it is.</summary>
    /// <param name="State">Null when there is none (yet, or any more).</param>
    /// <param name="Version">Of the stream.</param>
    /// <param name="Touched">The version of the last event that the projection handles.</param>
    /// <param name="Stored">Whether a snapshot was there.</param>
    internal readonly record struct Latest(object? State, long Version, long Touched, bool Stored);
}
