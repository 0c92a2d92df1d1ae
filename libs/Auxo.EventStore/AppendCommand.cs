using Npgsql;

using NpgsqlTypes;

namespace Auxo.EventStore;

/// <summary>New events of one stream. <paramref name="Expected"/> is the version it must have: null any, 0 none yet.</summary>
internal sealed record StreamAppend(string Key, string? Type, long? Expected, IReadOnlyList<Event> Events);

/// <summary>The one statement that appends: a call of <c>mt_append_events</c>.</summary>
internal static class AppendCommand
{
    /// <summary>SQLSTATE of a stream that is not at the expected version.</summary>
    public const string WrongVersion = "AX001";

    public static NpgsqlBatchCommand For(string schema, IReadOnlyList<StreamAppend> streams, bool lenient)
    {
        var total = streams.Sum(stream => stream.Events.Count);
        var (indexes, places, ids, types) = (new int[total], new int[total], new Guid[total], new string[total]);
        var (data, correlations, causations) = (new byte[total][], new string?[total], new string?[total]);
        var i = 0;
        for (var s = 0; s < streams.Count; s++)
        {
            for (var place = 0; place < streams[s].Events.Count; place++, i++)
            {
                var @event = streams[s].Events[place];
                (indexes[i], places[i], ids[i], types[i]) = (s + 1, place + 1, @event.Id, @event.EventTypeName);
                (data[i], correlations[i], causations[i]) = (
                    @event.Mapping.Write(((IEvent)@event).Data), @event.CorrelationId, @event.CausationId);
            }
        }

        return new NpgsqlBatchCommand(
            $"select event_index, seq_id, version, \"timestamp\" from {schema}.mt_append_events($1, $2, $3, $4, $5, "
                + "$6, $7, $8, $9, $10, $11, $12)")
        {
            Parameters =
            {
                new() { Value = streams.Select(stream => stream.Key).ToArray() },
                new() { Value = streams.Select(stream => stream.Type).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = streams.Select(stream => stream.Events.Count).ToArray() },
                new()
                {
                    Value = streams.Select(stream => stream.Expected).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
                },
                new() { Value = indexes },
                new() { Value = places },
                new() { Value = ids },
                new() { Value = types },
                new() { Value = data, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json },
                new() { Value = correlations, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = causations, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = lenient },
            },
        };
    }

    /// <summary>Fills in position, version and time of the appended events; leaves those out that a lenient append left out.</summary>
    public static async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<StreamAppend> streams, CancellationToken ct)
    {
        var events = streams.SelectMany(stream => stream.Events).ToArray();
        while (await reader.ReadAsync(ct))
        {
            var @event = events[reader.GetInt32(0) - 1];
            (@event.Sequence, @event.Version, @event.Timestamp) = (
                reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3));
        }
    }

    /// <summary>What a failed append means to its caller, or null when it is something else.</summary>
    public static ConcurrencyException? Meaning(PostgresException e, string schema, IReadOnlyList<StreamAppend> streams)
    {
        if (e.SqlState == WrongVersion)
        {
            return streams.Any(stream => stream.Key == e.Detail && stream is { Expected: 0, Type: not null })
                ? new ExistingStreamIdCollisionException(e.Detail!)
                : new ConcurrencyException($"Another writer appended to the stream {e.Detail} first; decide again on fresh state.", e);
        }

        return e is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "mt_events" or "mt_streams" } && e.SchemaName == schema
            ? new ConcurrencyException("Another writer appended to one of the streams first; decide again on fresh state.", e)
            : null;
    }
}
