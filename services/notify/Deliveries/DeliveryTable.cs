using System.Text.Json;

using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

using Npgsql;

using NpgsqlTypes;

namespace Auxo.Notify.Deliveries;

/// <summary>How far a delivery got.</summary>
public enum DeliveryState
{
    /// <summary>It is to be made.</summary>
    Waiting,

    /// <summary>It is being made, or its maker was stopped in the middle.</summary>
    Sending,

    /// <summary>It has arrived.</summary>
    Delivered,

    /// <summary>It was given up; it can be replayed.</summary>
    Dead,
}

/// <summary>A delivery that is being made.</summary>
/// <param name="Id">Its webhook-id.</param>
/// <param name="Channel">Who is to hear it.</param>
/// <param name="Attempt">The number of this attempt, from 1.</param>
/// <param name="AttemptsBefore">Attempts before the last replay.</param>
/// <param name="Since">Planned, or last replayed.</param>
/// <param name="Notification">What is sent.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
public sealed record BegunDelivery(string Id, string Channel, int Attempt, int AttemptsBefore, DateTimeOffset Since,
    Notification Notification, string? CorrelationId = null)
{
    /// <summary>What the channel's template made of it, in the channel's own language; null for the built-in form.</summary>
    public string? Form { get; init; }
}

/// <summary>The SQL of <c>deliveries</c>, <c>delivery_attempts</c> and <c>channel_lanes</c>.</summary>
public static class DeliveryTable
{
    /// <summary>
    /// A channel is leased, not a delivery: so one sender at a time speaks to a receiver, and a pause holds for all that waits
    /// for it.
    /// </summary>
    public static readonly LeaseTable Lanes = new(
        "notify.channel_lanes", "channel",
        """
        (paused_until is null or paused_until <= now())
        and exists (
            select from notify.deliveries d
            where d.channel = channel_lanes.channel and d.state in ('waiting', 'sending') and d.due <= now())
        """);

    /// <summary>
    /// Stores a notification and its deliveries with the next save. What is there already stays, and that it was said again is
    /// noted.
    /// </summary>
    public static IEnumerable<NpgsqlBatchCommand> Insert(
        Notification notification, IReadOnlyList<PlannedDelivery> planned, string? correlationId, DateTimeOffset now)
    {
        yield return Command(
            """
            insert into notify.notifications (id, type, level, title, rid, correlation_id, body, created_at)
            values ($1, $2, $3, $4, $5, $6, $7::json, $8)
            on conflict (id) do update set repeated_at = excluded.created_at
            """,
            notification.Id, notification.Type, Words.Of(notification.Level), notification.Title,
            notification.Repository?.Rid, correlationId,
            JsonSerializer.Serialize(notification, StoredJson.Default.Notification), now);
        yield return Command(
            """
            insert into notify.deliveries
                (id, notification_id, route, channel, state, reason, since, due, created_at, updated_at, reader)
            select p.id, $1, p.route, p.channel, case when p.refusal is null then 'waiting' else 'dead' end,
                   coalesce(p.refusal, p.wait), p.due, p.due, $2, $2, p.reader
            from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[])
                p (id, route, channel, refusal, wait, due, reader)
            on conflict (id) do nothing
            """,
            notification.Id, now, planned.Select(static p => p.Id)
                .ToArray(), planned.Select(static p => p.Route).ToArray(), planned.Select(static p => p.Channel).ToArray(),
            planned.Select(static p => p.Refusal).ToArray(), planned.Select(static p => p.Wait).ToArray(),
            planned.Select(p => p.Due ?? now).ToArray(), planned.Select(static p => p.Reader).ToArray());
    }

    /// <summary>
    /// What a stopped sender had begun is to be made again. That it may have arrived nobody knows; the receiver does, by the
    /// webhook-id.
    /// </summary>
    public static async Task TakeOverAsync(NpgsqlDataSource source, string channel, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            with begun as (
                update notify.deliveries set state = 'waiting', updated_at = $2
                where channel = $1 and state = 'sending' returning id, attempts)
            insert into notify.delivery_attempts (delivery_id, attempt, outcome, detail, ended_at)
            select id, attempts, 'interrupted',
                'Auxo was stopped in the middle of it; it may have arrived, and is sent again with the same id', $2
            from begun
            on conflict do nothing
            """);
        command.Parameters.AddRange(Parameters(channel, now));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Begins what is due, if the lease still holds: from then on an attempt counts, however it ends.</summary>
    public static async Task<IReadOnlyList<BegunDelivery>> BeginAsync(
        NpgsqlDataSource source, Lease<string> lane, int limit, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            with due as (
                select id from notify.deliveries
                where channel = $1 and state = 'waiting' and due <= $4
                  and exists (
                      select from notify.channel_lanes
                      where channel = $1 and lease_owner = $2 and lease_epoch = $3
                        and (paused_until is null or paused_until <= $4))
                order by due, created_at, id limit $5 for update skip locked)
            update notify.deliveries d set state = 'sending', attempts = attempts + 1, updated_at = $4
            from due, notify.notifications n where d.id = due.id and n.id = d.notification_id
            returning d.id, d.attempts, d.attempts_before, d.since, n.body::text, n.correlation_id
            """);
        command.Parameters.AddRange(Parameters(lane.Key, lane.Owner, lane.Epoch, now, limit));
        var begun = new List<BegunDelivery>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            begun.Add(new BegunDelivery(
                reader.GetString(0), lane.Key, reader.GetInt32(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3),
                JsonSerializer.Deserialize(reader.GetString(4), StoredJson.Default.Notification)!, await reader.IsDBNullAsync(5, ct)
                    ? null
                    : reader.GetString(5)));
        }

        return begun;
    }

    /// <summary>
    /// The end of an attempt and its line in the log. An attempt that another sender has taken over meanwhile changes nothing
    /// but its own line.
    /// </summary>
    public static IEnumerable<NpgsqlBatchCommand> End(BegunDelivery of, SendResult result, NextStep next, TimeSpan took, DateTimeOffset now)
    {
        yield return Command(
            """
            update notify.deliveries set state = $3, reason = $4, status = $5, due = coalesce($6, due), updated_at = $7
            where id = $1 and attempts = $2 and state = 'sending'
            """,
            of.Id, of.Attempt, next switch { NextStep.Done => "delivered", NextStep.Again => "waiting", _ => "dead" },
            next switch { NextStep.Done => null, NextStep.GiveUp dead => dead.Reason, _ => result.Detail },
            result.Status, (next as NextStep.Again)?.At, now);
        yield return Command(
            """
            insert into notify.delivery_attempts (delivery_id, attempt, outcome, status, detail, excerpt, seconds, ended_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (delivery_id, attempt) do update set
                outcome = excluded.outcome, status = excluded.status, detail = excluded.detail,
                excerpt = excluded.excerpt, seconds = excluded.seconds, ended_at = excluded.ended_at
            """,
            of.Id, of.Attempt, next is NextStep.Done
                ? "delivered"
                : "failed", result.Status, result.Detail, result.Excerpt, took.TotalSeconds, now);
    }

    /// <summary>What a round came to for its channel: counts those in a row without success, and pauses it.</summary>
    public static NpgsqlBatchCommand EndRound(string channel, bool arrived, DateTimeOffset? pausedUntil, string? reason)
        => Command(
            """
            update notify.channel_lanes set
                failures = case when $2 then 0 else failures + 1 end, paused_until = $3, pause_reason = $4
            where channel = $1
            """,
            channel, arrived, pausedUntil, reason);

    /// <summary>Gives up all that waits for a channel.</summary>
    public static NpgsqlBatchCommand GiveUpAll(string channel, string reason, DateTimeOffset now)
        => Command(
            "update notify.deliveries set state = 'dead', reason = $2, updated_at = $3 where channel = $1 and state in "
                + "('waiting', 'sending')", channel, reason, now);

    /// <summary>
    /// Makes given-up deliveries again, with all attempts before them: one, or all of a channel, or all. Returns how many.
    /// </summary>
    public static async Task<int> ReplayAsync(
        NpgsqlDataSource source, string? id, string? channel, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            update notify.deliveries
            set state = 'waiting', reason = 'replayed', attempts_before = attempts, since = $3, due = $3, updated_at = $3
            where state = 'dead' and ($1::text is null or id = $1) and ($2::text is null or channel = $2)
            """);
        command.Parameters.AddRange(Parameters(id, channel, now));
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>When the next channel has something to do; null when none has.</summary>
    public static async Task<DateTimeOffset?> NextAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            select min(greatest(due.at, l.paused_until, l.leased_until)) from notify.channel_lanes l
            cross join lateral (
                select min(d.due) as at from notify.deliveries d
                where d.channel = l.channel and d.state in ('waiting', 'sending')) due
            where due.at is not null
            """);
        return await command.ExecuteScalarAsync(ct) is DateTime at ? new DateTimeOffset(at) : null;
    }

    internal static NpgsqlParameter[] Parameters(params object?[] values)
        => [.. values.Select(static v => v switch
        {
            null => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown },
            string?[] texts => new NpgsqlParameter { Value = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            _ => new NpgsqlParameter { Value = v },
        })];

    private static NpgsqlBatchCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(Parameters(values));
        return command;
    }
}
