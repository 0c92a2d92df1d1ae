using Npgsql;

namespace Auxo.Messaging;

/// <summary>The messages that this service gave up on: kept, shown, and sent again when the cause is gone.</summary>
public sealed class DeadLetters
{
    private readonly NpgsqlDataSource _source;
    private readonly MessagingOptions _options;
    private readonly Action _ring;

    internal DeadLetters(NpgsqlDataSource source, MessagingOptions options, Action ring)
        => (_source, _options, _ring) = (source, options, ring);

    /// <summary>The youngest ones first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int limit, CancellationToken ct)
    {
        await using var command = _source.CreateCommand(
            $"""
            select id, message_type, group_id, body::text, correlation_id, sent_at, attempts, buried_at, reason, detail
            from {_options.SchemaName}.dead_letters where queue = $1 order by buried_at desc, id limit $2
            """);
        command.Parameters.Add(new() { Value = _options.ServiceName });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var letters = new List<DeadLetter>();
        while (await reader.ReadAsync(ct))
        {
            letters.Add(new DeadLetter(
                reader.GetGuid(0), reader.GetString(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetString(2), reader.GetString(3),
                await reader.IsDBNullAsync(4, ct) ? null : reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetInt32(6),
                reader.GetFieldValue<DateTimeOffset>(7), reader.GetString(8), reader.GetString(9)));
        }

        return letters;
    }

    /// <summary>
    /// Sends them again, behind what waits now, with all attempts before them; all, or those named. Returns how many there were.
    /// </summary>
    public async Task<long> ReplayAsync(CancellationToken ct, params IReadOnlyCollection<Guid> ids)
    {
        await using var command = _source.CreateCommand($"select {_options.SchemaName}.replay($1, $2)");
        command.Parameters.Add(new() { Value = _options.ServiceName });
        command.Parameters.Add(new()
        {
            Value = ids.Count == 0
                ? DBNull.Value
                : ids.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Uuid,
        });
        var count = (long)(await command.ExecuteScalarAsync(ct))!;
        _ring();
        return count;
    }
}

/// <summary>A message that was given up on.</summary>
/// <param name="Id">Its envelope's id.</param>
/// <param name="MessageType">Its wire name.</param>
/// <param name="GroupId">Its group, which went on without it.</param>
/// <param name="Body">The message as JSON.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="BuriedAt">When it was given up on.</param>
/// <param name="Reason">The exception's type, or <c>unknown_message</c>, <c>unreadable_message</c> or <c>ended_the_process</c>.</param>
/// <param name="Detail">What the exception said.</param>
public sealed record DeadLetter(
    Guid Id, string MessageType, string? GroupId, string Body, string? CorrelationId, DateTimeOffset SentAt,
    int Attempts, DateTimeOffset BuriedAt, string Reason, string Detail);
