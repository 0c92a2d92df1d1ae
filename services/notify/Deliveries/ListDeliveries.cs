using System.Text.Json;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Deliveries;

/// <summary>A delivery and how far it got.</summary>
/// <param name="Id">Its webhook-id.</param>
/// <param name="Channel">Who is to hear it.</param>
/// <param name="Route">The route that wanted it; null for a test.</param>
/// <param name="State">How far.</param>
/// <param name="Reason">What it waits for, or why it was given up.</param>
/// <param name="Status">Of the last answer.</param>
/// <param name="Attempts">So far.</param>
/// <param name="Due">When it is tried next; null when it is not.</param>
/// <param name="Type">What is sent.</param>
/// <param name="Title">In one line.</param>
/// <param name="NotificationId">The same for all channels that hear it.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
/// <param name="CreatedAt">When it was planned.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Log">The attempts; only when it was asked for alone.</param>
/// <param name="Notification">What is sent, in full; only when it was asked for alone.</param>
/// <param name="Reader">Whom it is for; null where the route names the channel itself.</param>
public sealed record DeliveryAnswer(
    string Id, string Channel, string? Route, DeliveryState State, string? Reason, int? Status, int Attempts,
    DateTimeOffset? Due, string Type, string Title, Guid NotificationId,
    string? CorrelationId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    IReadOnlyList<AttemptAnswer>? Log = null, Notification? Notification = null, string? Reader = null);

/// <summary>One line of the delivery log.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Outcome"><c>delivered</c>, <c>failed</c> or <c>interrupted</c>.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Detail">For people.</param>
/// <param name="Excerpt">The beginning of the answer.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record AttemptAnswer(
    int Attempt, string Outcome, int? Status, string? Detail, string? Excerpt, double? Seconds, DateTimeOffset EndedAt);

/// <summary>404: there is no such delivery.</summary>
public sealed class NoSuchDeliveryException(string id)
    : AuxoException("delivery/not-found", 404, $"There is no delivery '{id}'. 'auxo notify deliveries' shows the newest.");

/// <summary>
/// <c>GET /deliveries?channel=&amp;state=&amp;trace=&amp;limit=&amp;after=</c>, newest first, and <c>GET /deliveries/{id}</c>
/// with its log.
/// </summary>
public static class ListDeliveries
{
    private const string Select = """
        select d.id, d.channel, d.route, d.state, d.reason, d.status, d.attempts,
               case when d.state = 'waiting' then d.due end, n.type, n.title, n.id, n.correlation_id,
               d.created_at, d.updated_at, n.body::text, d.reader
        from notify.deliveries d join notify.notifications n on n.id = d.notification_id

        """;

    /// <summary>Maps the routes.</summary>
    public static void MapListDeliveries(this IEndpointRouteBuilder app)
    {
        app.MapGet("/deliveries", ListAsync).WithName("ListDeliveries").RequireScope(NotifyScopes.Read);
        app.MapGet("/deliveries/{id}", GetAsync).WithName("GetDelivery").RequireScope(NotifyScopes.Read);
    }

    private static async Task<Results<Ok<ListAnswer<DeliveryAnswer>>, ProblemHttpResult>> ListAsync(
        NpgsqlDataSource source, CancellationToken ct, string? channel = null, string? state = null,
        string? trace = null, int limit = 50, string? after = null)
    {
        if (limit is < 1 or > 200) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 200.");
        if (state is not (null or "open") && (!Enum.TryParse<DeliveryState>(state, ignoreCase: true, out _) || char.IsAsciiDigit(state[0])))
            return AuxoProblem.BadRequest(
                "request/invalid-state", "'state' is waiting, sending, delivered, dead, or open (waiting and sending).");
        string[]? states = state is null ? null : state == "open" ? ["waiting", "sending"] : [state.ToLowerInvariant()];
        await using var command = source.CreateCommand(Select + """
            where ($1::text is null or d.channel = $1) and ($2::text[] is null or d.state = any($2))
              and ($3::text is null or n.correlation_id = $3)
              and ($4::text is null or (d.created_at, d.id) < (select created_at, id from notify.deliveries where id = $4))
            order by d.created_at desc, d.id desc limit $5
            """);
        command.Parameters.AddRange(DeliveryTable.Parameters(channel, states, trace, after, limit + 1));
        var found = await ReadAsync(command, ct);
        return TypedResults.Ok(new ListAnswer<DeliveryAnswer>(
            [.. found.Take(limit).Select(static d => d with { Notification = null })], found.Count > limit ? found[limit - 1].Id : null));
    }

    private static async Task<Ok<DeliveryAnswer>> GetAsync(string id, NpgsqlDataSource source, CancellationToken ct)
        => TypedResults.Ok(await FindAsync(source, id, ct) ?? throw new NoSuchDeliveryException(id));

    /// <summary>One delivery with its log; null when there is none.</summary>
    internal static async Task<DeliveryAnswer?> FindAsync(NpgsqlDataSource source, string id, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Select + "where d.id = $1");
        command.Parameters.AddRange(DeliveryTable.Parameters(id));
        if (await ReadAsync(command, ct) is not [var delivery]) return null;
        await using var attempts =
            source.CreateCommand(
                "select attempt, outcome, status, detail, excerpt, seconds, ended_at from notify.delivery_attempts "
                    + "where delivery_id = $1 order by attempt");
        attempts.Parameters.AddRange(DeliveryTable.Parameters(id));
        var log = new List<AttemptAnswer>();
        await using var reader = await attempts.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            log.Add(new AttemptAnswer(
                reader.GetInt32(0), reader.GetString(1), await OrNullAsync<int>(reader, 2, ct),
                await TextAsync(reader, 3, ct), await TextAsync(reader, 4, ct),
                await OrNullAsync<double>(reader, 5, ct), reader.GetFieldValue<DateTimeOffset>(6)));
        }

        return delivery with { Log = log };
    }

    private static async Task<List<DeliveryAnswer>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var found = new List<DeliveryAnswer>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(new DeliveryAnswer(
                reader.GetString(0), reader.GetString(1), await TextAsync(reader, 2, ct),
                Enum.Parse<DeliveryState>(reader.GetString(3), ignoreCase: true), await TextAsync(reader, 4, ct),
                await OrNullAsync<int>(reader, 5, ct), reader.GetInt32(6),
                await OrNullAsync<DateTimeOffset>(reader, 7, ct), reader.GetString(8), reader.GetString(9),
                reader.GetGuid(10), await TextAsync(reader, 11, ct), reader.GetFieldValue<DateTimeOffset>(12),
                reader.GetFieldValue<DateTimeOffset>(13), null,
                JsonSerializer.Deserialize(reader.GetString(14), StoredJson.Default.Notification), await TextAsync(reader, 15, ct)));
        }

        return found;
    }

    private static async Task<string?> TextAsync(NpgsqlDataReader reader, int column, CancellationToken ct)
        => await reader.IsDBNullAsync(column, ct) ? null : reader.GetString(column);

    private static async Task<T?> OrNullAsync<T>(NpgsqlDataReader reader, int column, CancellationToken ct)
        where T : struct
        => await reader.IsDBNullAsync(column, ct) ? null : await reader.GetFieldValueAsync<T>(column, ct);
}
