using Auxo.Pipeline.Checks.Files;

using Cronos;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Schedules;

/// <summary>A schedule as its row and its repository's have it.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Cron">As written.</param>
/// <param name="Zone">The IANA name; null for the machine's.</param>
/// <param name="Jitter">A slot is due up to so much later.</param>
/// <param name="CatchUp">How late the newest slot may still be built.</param>
/// <param name="Branch">Whose newest head is built; null for the default branch.</param>
/// <param name="Since">The newest slot that was decided, or since when it counts.</param>
/// <param name="DisabledBy">Who switched it off; null while it is on.</param>
/// <param name="DisabledAt">When.</param>
/// <param name="Missed">How many slots were missed so far.</param>
/// <param name="MissedAt">The newest of them.</param>
/// <param name="LastBuild">The newest build that it began.</param>
/// <param name="Repository">Where and what its repository is.</param>
public sealed record Schedule(
    Rid Rid, string Name, string Cron, string? Zone, TimeSpan Jitter, TimeSpan CatchUp, string? Branch, DateTimeOffset Since,
    string? DisabledBy, DateTimeOffset? DisabledAt, int Missed, DateTimeOffset? MissedAt, Guid? LastBuild, ScheduleRepository Repository)
{
    /// <summary>False for a scan that its pipeline file does not name.</summary>
    public bool IsDeclared { get; init; } = true;

    /// <summary>The pipeline file has switched it off, or the operator where the file says nothing; of scans only.</summary>
    public bool IsOffByDefault { get; init; }

    /// <summary>When somebody switched it on; null when nobody did since it was switched off.</summary>
    public DateTimeOffset? EnabledAt { get; init; }

    /// <summary>Why the newest slot made no build: there was nothing to look at. Null when it made one, or none was due.</summary>
    public string? Idle { get; init; }

    /// <summary>That slot.</summary>
    public DateTimeOffset? IdleAt { get; init; }

    /// <summary>
    /// Whether its slots are built: what somebody has switched counts more than the file, and the file more than the operator.
    /// </summary>
    public bool IsOn => DisabledAt is null && (!IsOffByDefault || EnabledAt is not null);

    /// <summary>The branch that is built.</summary>
    public string BuiltBranch => Branch ?? Repository.DefaultBranch;

    /// <summary>The stream that says who switched it on and off.</summary>
    public static string StreamKey(Rid rid, string name) => $"schedule/{rid}/{name}";

    /// <summary>The answer where there is none of that name.</summary>
    internal static ProblemHttpResult NotFound(Rid rid, string name)
        => AuxoProblem.NotFound(
            "schedule/unknown",
            $"{rid} has no schedule '{PlainText.OneLine(name, 60)}'; 'auxo schedule list' shows all.");

    /// <summary>Its slots.</summary>
    /// <param name="machine">The machine's time zone.</param>
    /// <exception cref="TimeZoneNotFoundException">The machine has lost the zone since the file was read.</exception>
    public Timetable Timetable(TimeZoneInfo machine)
        => new($"{Rid}\n{Name}", CronExpression.Parse(Cron), ZoneOf(machine), Jitter, CatchUp);

    /// <summary>False where this machine has lost the zone since the file was read, as after an instance has moved.</summary>
    public bool IsOfThisMachine => Zone is null || TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _);

    /// <summary>Where its hours are.</summary>
    /// <param name="machine">The machine's time zone.</param>
    public TimeZoneInfo ZoneOf(TimeZoneInfo machine) => Zone is null ? machine : TimeZoneInfo.FindSystemTimeZoneById(Zone);
}

/// <summary>The repository of a schedule.</summary>
/// <param name="Name">For people.</param>
/// <param name="DefaultBranch">Its name.</param>
/// <param name="Source">Where its objects are.</param>
/// <param name="Head">The default branch's head; null when ingest has reported none.</param>
public sealed record ScheduleRepository(string Name, string DefaultBranch, RepositoryLocator Source, CommitId? Head);
