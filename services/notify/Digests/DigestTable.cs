using System.Text.Json;

using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;

using Npgsql;

namespace Auxo.Notify.Digests;

/// <summary>How much waits for somebody's digest.</summary>
/// <param name="Reader">Whose.</param>
/// <param name="Oldest">When the first was kept.</param>
/// <param name="Newest">When the last was.</param>
/// <param name="HasReport">Whether the daily report is among it.</param>
public sealed record Waiting(string Reader, DateTimeOffset Oldest, DateTimeOffset Newest, bool HasReport);

/// <summary>The SQL of <c>held</c> and <c>digests</c>, where digests are made.</summary>
internal static class DigestTable
{
    /// <summary>All for whom something waits.</summary>
    public static async Task<List<Waiting>> WaitingAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            select h.reader, min(h.held_at), max(h.held_at), bool_or(n.type = 'report.daily')
            from notify.held h join notify.notifications n on n.id = h.notification_id group by h.reader order by h.reader
            """);
        var waiting = new List<Waiting>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            waiting.Add(new Waiting(
                reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2), reader
                    .GetBoolean(3)));
        return waiting;
    }

    /// <summary>The days of which somebody has had a digest; of somebody who reads for years the newest thousand.</summary>
    public static async Task<HashSet<DateOnly>> MadeAsync(NpgsqlDataSource source, string reader, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select day from notify.digests where reader = $1 order by made_at desc limit 1000");
        command.Parameters.Add(new() { Value = reader });
        var days = new HashSet<DateOnly>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) days.Add(rows.GetFieldValue<DateOnly>(0));
        return days;
    }

    /// <summary>What waits for somebody: the ids of all, and the newest in full.</summary>
    public static async Task<(Guid[] All, List<Notification> Newest)> ReadAsync(
        NpgsqlDataSource source, string reader, int most, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            select h.notification_id, case when row_number() over (order by h.held_at desc, h.notification_id) <= $2 then n.body::text end
            from notify.held h join notify.notifications n on n.id = h.notification_id where h.reader = $1
            """);
        command.Parameters.Add(new() { Value = reader });
        command.Parameters.Add(new() { Value = most });
        var (all, newest) = (new List<Guid>(), new List<Notification>());
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            all.Add(rows.GetGuid(0));
            if (!await rows.IsDBNullAsync(1, ct)) newest.Add(JsonSerializer.Deserialize(rows.GetString(1),
                StoredJson.Default.Notification)!);
        }

        return ([.. all], newest);
    }

    /// <summary>
    /// That a digest was made, and that nothing of it waits any more, with the next save. Of two who make the same one, the second fails.
    /// </summary>
    public static IEnumerable<NpgsqlBatchCommand> Made(string reader, DateOnly day, Guid notification, Guid[] all, DateTimeOffset now)
    {
        var made = new NpgsqlBatchCommand(
            "insert into notify.digests (reader, day, notification_id, items, made_at) values ($1, $2, $3, $4, $5)");
        made.Parameters.AddRange(DeliveryTable.Parameters(reader, day, notification, all.Length, now));
        yield return made;
        var gone = new NpgsqlBatchCommand("delete from notify.held where reader = $1 and notification_id = any($2)");
        gone.Parameters.AddRange(DeliveryTable.Parameters(reader, all));
        yield return gone;
    }
}
