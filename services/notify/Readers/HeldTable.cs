using Auxo.Notify.Deliveries;

using Npgsql;

namespace Auxo.Notify.Readers;

/// <summary>What waits for a reader's digest.</summary>
/// <param name="Reader">Her name.</param>
/// <param name="Route">The route that wanted to tell her.</param>
/// <param name="Reason">Why it waits.</param>
public sealed record Hold(string Reader, string Route, string Reason);

/// <summary>The SQL of <c>held</c>.</summary>
internal static class HeldTable
{
    /// <summary>Keeps a notification for some readers, with the next save; its own row must be stored before.</summary>
    public static NpgsqlBatchCommand Insert(Guid notification, IReadOnlyList<Hold> holds, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into notify.held (reader, notification_id, route, reason, held_at)
            select h.reader, $1, h.route, h.reason, $2 from unnest($3::text[], $4::text[], $5::text[]) h (reader, route, reason)
            on conflict do nothing
            """);
        command.Parameters.AddRange(DeliveryTable.Parameters(
            notification, now, holds.Select(static h => h.Reader).ToArray(), holds.Select(static h => h.Route).ToArray(),
            holds.Select(static h => h.Reason).ToArray()));
        return command;
    }

    /// <summary>Forgets what waits for her, with the next save.</summary>
    public static NpgsqlBatchCommand Forget(string reader)
        => new("delete from notify.held where reader = $1") { Parameters = { new() { Value = reader } } };
}
