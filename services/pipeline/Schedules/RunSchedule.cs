using Auxo.Pipeline.Reading;
using Auxo.Pipeline.Requesting;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Schedules;

/// <summary><c>POST /schedules/{rid}/{name}/run</c>: begins its build now, once; also of one that is switched off.</summary>
public static class RunSchedule
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/schedules/{rid}/{name}/run", HandleAsync).WithName("RunSchedule").RequireScope("pipeline:write");

    private static async Task<Results<Accepted<BuildResponse>, ProblemHttpResult>> HandleAsync(
        Rid rid, string name, HttpContext http, NpgsqlDataSource database, IDocumentStore store, NextAttempt next, ScanTargets targets,
        CancellationToken ct)
    {
        if (await ScheduleTable.FindAsync(database, rid, name, ct) is not { } schedule) return Schedule.NotFound(rid, name);
        await using var session = store.QuerySession();
        if (await ScheduledHead.FindAsync(session, database, schedule, ct) is not { } head)
            return AuxoProblem.Unprocessable(
                "schedule/nothing-to-build", $"Branch '{schedule.BuiltBranch}' has no head that Auxo has seen; push to it first.");
        if (await targets.WhyNothingAsync(session, database, schedule, ct) is { } idle)
            return AuxoProblem.Unprocessable("schedule/nothing-to-look-at", $"'{schedule.Name}' has nothing to look at: {idle}.");
        var request = head.Request(schedule, slot: null, http.Caller());
        var build = await next.QueueAsync(request, ct, queued => ScheduleTable.Built(schedule, queued.BuildId));
        return TypedResults.Accepted($"/builds/{build.BuildId}", BuildResponse.Of(build));
    }
}
