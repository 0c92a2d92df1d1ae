using System.Security.Claims;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Schedules;

/// <summary>The newest build of a schedule.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ShortId">What people type.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Outcome">The verdict; null until it is finished.</param>
/// <param name="QueuedAt">When it was queued.</param>
public sealed record ScheduledBuild(Guid Id, string ShortId, BuildState State, Outcome? Outcome, DateTimeOffset QueuedAt);

/// <summary>A schedule.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name.</param>
/// <param name="Name">The schedule's name there.</param>
/// <param name="Cron">As written.</param>
/// <param name="Zone">The time zone of its hours.</param>
/// <param name="JitterSeconds">A build begins up to so much later.</param>
/// <param name="CatchUpSeconds">How late the newest slot may still be built.</param>
/// <param name="Branch">Whose newest head is built.</param>
/// <param name="Enabled">False when it is switched off.</param>
/// <param name="DisabledBy">Who; null for who is not signed in.</param>
/// <param name="DisabledAt">When; null when nobody did.</param>
/// <param name="NextAt">When the next build begins, with its jitter, in its zone; null while it is off or the zone is unknown here.</param>
/// <param name="LastBuild">The newest build; null when there was none.</param>
/// <param name="Missed">How many slots were missed so far.</param>
/// <param name="MissedAt">The newest of them.</param>
public sealed record ScheduleResponse(
    Rid Rid, string RepositoryName, string Name, string Cron, string Zone, double JitterSeconds, double CatchUpSeconds, string Branch,
    bool Enabled, string? DisabledBy, DateTimeOffset? DisabledAt, DateTimeOffset? NextAt, ScheduledBuild? LastBuild, int Missed,
    DateTimeOffset? MissedAt)
{
    /// <summary>True for a scan: every repository has it.</summary>
    public bool IsScan { get; init; }

    /// <summary>
    /// Who has switched it off: <c>person</c>, <c>file</c> (the pipeline file) or <c>operator</c> (a setting); null while it is on.
    /// </summary>
    public string? OffBy { get; init; }

    /// <summary>Why the newest slot made no build: there was nothing to look at; null when it made one.</summary>
    public string? Idle { get; init; }

    /// <summary>That slot.</summary>
    public DateTimeOffset? IdleAt { get; init; }

    internal static ScheduleResponse Of(Schedule schedule, Build? last, TimeZoneInfo machine, DateTimeOffset now)
    {
        // One whose zone this machine has lost is shown as it is written: all others shall be seen.
        var zone = schedule.IsOfThisMachine ? schedule.ZoneOf(machine) : null;
        var next = schedule.IsOn && zone is not null ? schedule.Timetable(machine).DueAfter(now) : null;
        return new ScheduleResponse(
            schedule.Rid, schedule.Repository.Name, schedule.Name, schedule.Cron, zone?.Id ?? schedule.Zone!, schedule.Jitter.TotalSeconds,
            schedule.CatchUp.TotalSeconds, schedule.BuiltBranch, schedule.IsOn, schedule.DisabledBy, schedule.DisabledAt,
            next is { } at ? TimeZoneInfo.ConvertTime(at, zone!) : null,
            last is null ? null : new ScheduledBuild(last.BuildId, BuildId.Short(last.BuildId), last.State, last.Outcome, last.QueuedAt),
            schedule.Missed, schedule.MissedAt)
        {
            IsScan = Scan.Find(schedule.Name) is not null, Idle = schedule.Idle, IdleAt = schedule.IdleAt,
            OffBy = schedule.IsOn ? null : schedule.DisabledAt is not null ? "person" : schedule.IsDeclared ? "file" : "operator",
        };
    }
}

/// <summary>All schedules, or those of a repository.</summary>
/// <param name="Items">By repository and name.</param>
public sealed record SchedulePage(IReadOnlyList<ScheduleResponse> Items);

/// <summary><c>GET /schedules</c>: what is built without a push, when next, and how it went.</summary>
public static class ListSchedules
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/schedules", HandleAsync).WithName("ListSchedules").RequireScopeOrPublic("pipeline:read");

    private static async Task<Ok<SchedulePage>> HandleAsync(
        ClaimsPrincipal user, Rid? rid, NpgsqlDataSource database, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        var schedules = await ScheduleTable.ListAsync(database, rid, ct);
        await using var session = store.QuerySession();
        var builds = (await session.LoadManyAsync<Build>(
            ct, schedules.Select(static schedule => schedule.LastBuild).OfType<Guid>().Select(Build.StreamKey)))
            .ToDictionary(static build => build.BuildId);
        var (now, reads) = (time.GetUtcNow(), user.HasScope("pipeline:read"));
        return TypedResults.Ok(new SchedulePage(
            [.. schedules.Select(schedule => reads ? schedule : schedule with { DisabledBy = null }).Select(schedule => ScheduleResponse.Of(
                schedule, schedule.LastBuild is { } last ? builds.GetValueOrDefault(last) : null, time.LocalTimeZone, now))]));
    }
}
