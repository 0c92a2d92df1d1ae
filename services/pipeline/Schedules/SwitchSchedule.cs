using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Schedules;

/// <summary>
/// <c>POST /schedules/{rid}/{name}/enable</c> and <c>/disable</c>: switches a schedule on or off until somebody switches it back,
/// whatever is committed meanwhile.
/// </summary>
public static class SwitchSchedule
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/schedules/{rid}/{name}/enable", EnableAsync).WithName("EnableSchedule").RequireScope("pipeline:write");
        routes.MapPost("/schedules/{rid}/{name}/disable", DisableAsync).WithName("DisableSchedule").RequireScope("pipeline:write");
    }

    /// <summary>
    /// Decides; one that is as it should be stays as it is. One that is off by default only is switched off all the same: it stays so
    /// when the default changes.
    /// </summary>
    public static ScheduleEvent? Decide(Schedule schedule, bool on, string by, DateTimeOffset now)
        => on ? schedule.IsOn ? null : new ScheduleEvent.Enabled(by, now)
            : schedule.DisabledAt is not null ? null : new ScheduleEvent.Disabled(by, now);

    private static Task<Results<NoContent, ProblemHttpResult>> EnableAsync(
        Rid rid, string name, HttpContext http, NpgsqlDataSource database, Outbox outbox, TimeProvider time, CancellationToken ct)
        => SwitchAsync(rid, name, on: true, http, database, outbox, time, ct);

    private static Task<Results<NoContent, ProblemHttpResult>> DisableAsync(
        Rid rid, string name, HttpContext http, NpgsqlDataSource database, Outbox outbox, TimeProvider time, CancellationToken ct)
        => SwitchAsync(rid, name, on: false, http, database, outbox, time, ct);

    private static async Task<Results<NoContent, ProblemHttpResult>> SwitchAsync(
        Rid rid, string name, bool on, HttpContext http, NpgsqlDataSource database, Outbox outbox, TimeProvider time, CancellationToken ct)
    {
        if (await ScheduleTable.FindAsync(database, rid, name, ct) is not { } schedule) return Schedule.NotFound(rid, name);
        if (Decide(schedule, on, http.Caller(), time.GetUtcNow()) is not { } happened)
            return TypedResults.NoContent();
        await using var work = outbox.Open();
        work.Session.Events.Append(Schedule.StreamKey(rid, name), happened);
        work.Session.QueueSqlCommand(ScheduleTable.Switch(rid, name, happened));
        await work.PublishAsync(new SchedulesChanged());
        await work.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
