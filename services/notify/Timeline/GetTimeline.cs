using Auxo.Notify.Deliveries;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Timeline;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Timeline;

/// <summary>
/// <c>GET /timeline?trace=</c>: the deliveries of what these traces brought, with every attempt. Nothing is kept
/// of what no route wanted.
/// </summary>
public static class GetTimeline
{
    private const int Most = 100;

    /// <summary>Maps the route.</summary>
    public static void MapGetTimeline(this IEndpointRouteBuilder app)
        => app.MapGet("/timeline", HandleAsync).WithName("GetNotifyTimeline").RequireScope(NotifyScopes.Read);

    private static async Task<Ok<TimelineAnswer>> HandleAsync(
        NpgsqlDataSource source, TimeProvider time, CancellationToken ct, string[]? trace = null)
    {
        await using var command = source.CreateCommand("""
            select d.id from notify.deliveries d join notify.notifications n on n.id = d.notification_id
            where n.correlation_id = any ($1) order by d.created_at, d.id limit $2
            """);
        command.Parameters.AddRange(DeliveryTable.Parameters(trace ?? [], Most));
        var ids = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) ids.Add(reader.GetString(0));
        }

        var entries = new List<TimelineEntry>();
        foreach (var id in ids)
        {
            if (await ListDeliveries.FindAsync(source, id, ct) is { } delivery) entries.AddRange(Entries(delivery, time.GetUtcNow()));
        }

        return TypedResults.Ok(TimelineAnswer.Of(entries));
    }

    private static IEnumerable<TimelineEntry> Entries(DeliveryAnswer d, DateTimeOffset now)
    {
        var to = $"{d.Channel}{(d.Route is { } route ? $" (route {route})" : "")}";
        foreach (var attempt in d.Log ?? [])
        {
            yield return attempt.Outcome == "delivered"
                ? Entry(attempt.EndedAt, "delivered", TimelineState.Done,
                    $"{to} received '{d.Title}'{Status(attempt.Status)}{(attempt.Attempt > 1 ? $" at attempt {attempt.Attempt}" : "")}")
                : Entry(attempt.EndedAt, "attempt_failed", TimelineState.Note,
                    $"{to}: attempt {attempt.Attempt} did not arrive: {attempt.Detail ?? attempt.Outcome}{Status(attempt.Status)}");
        }

        if (d.State == DeliveryState.Dead)
            yield return Entry(d.UpdatedAt, "delivery_given_up", TimelineState.Failed,
                $"{to} did not receive '{d.Title}': {d.Reason}") with { Next = $"auxo notify replay {d.Id}" };
        if (d.State is DeliveryState.Waiting or DeliveryState.Sending)
        {
            var when = d.Due is { } due && due > now ? $"; tried again in {(due - now).TotalSeconds:0} s" : "";
            yield return Entry(now, "delivery_waiting", TimelineState.Open,
                $"{to} has not received it yet: {d.Reason ?? "it is under way"}{when}") with { Next = $"auxo notify deliveries {d.Id}" };
        }

        TimelineEntry Entry(DateTimeOffset at, string what, TimelineState state, string text) => new(at, what, state, text)
        {
            Trace = d.CorrelationId,
        };
    }

    private static string Status(int? status) => status is { } s ? $" ({s})" : "";
}
