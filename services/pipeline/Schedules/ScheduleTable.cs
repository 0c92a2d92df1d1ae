using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;

using Npgsql;

namespace Auxo.Pipeline.Schedules;

/// <summary>The rows of schedules. Whatever changes one sets <c>next_at</c> to now: whoever looks next works out the rest.</summary>
internal static class ScheduleTable
{
    private const string Columns =
        """
        select s.rid, s.name, s.cron, s.zone, s.jitter, s.catch_up, s.branch, s.since, s.disabled_by, s.disabled_at, s.missed, s.missed_at,
               s.last_build, r.name, r.default_branch, r.source, r.head, s.declared, s.off, s.enabled_at, s.idle, s.idle_at
        from pipeline.schedules s join pipeline.repositories r on r.rid = s.rid and r.untracked_at is null
        where not s.gone
        """;

    /// <summary>Whether its slots are built; <see cref="Schedule.IsOn"/> says the same of what was read.</summary>
    private const string IsOn = "s.disabled_at is null and (not s.off or s.enabled_at is not null)";

    /// <summary>Those of one repository, or of all.</summary>
    public static async Task<IReadOnlyList<Schedule>> ListAsync(NpgsqlDataSource database, Rid? rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"{Columns} and ($1::text is null or s.rid = $1) order by r.name, s.rid, s.name")
            .With((object?)rid?.Value ?? DBNull.Value);
        return await ReadAsync(command, ct);
    }

    /// <summary>One; null when there is none of that name.</summary>
    public static async Task<Schedule?> FindAsync(NpgsqlDataSource database, Rid rid, string name, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"{Columns} and s.rid = $1 and s.name = $2").With(rid.Value, name);
        return await ReadAsync(command, ct) is [var found] ? found : null;
    }

    /// <summary>Those to look at: something is due or has changed, or the clock was set back.</summary>
    public static async Task<IReadOnlyList<Schedule>> DueAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"{Columns} and {IsOn} and (s.next_at <= $1 or s.since > $1) order by s.next_at, s.rid, s.name").With(now);
        return await ReadAsync(command, ct);
    }

    /// <summary>When the next one is to be looked at; null for never.</summary>
    public static async Task<DateTimeOffset?> NextAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select min(s.next_at) from pipeline.schedules s join pipeline.repositories r on r.rid = s.rid and r.untracked_at is null
            where not s.gone and {IsOn}
            """);
        return await command.ExecuteScalarAsync(ct) is DateTime next ? new DateTimeOffset(next, TimeSpan.Zero) : null;
    }

    /// <summary>Keeps what a file says. Slots of one that is new, was gone or has other times count from now on.</summary>
    /// <param name="rid">The repository; nothing is kept when it was untracked since <paramref name="seenAt"/>.</param>
    /// <param name="schedule">What its file says.</param>
    /// <param name="seenAt">When ingest saw the commit.</param>
    /// <param name="now">The time.</param>
    public static NpgsqlBatchCommand Declare(Rid rid, ScheduleDefinition schedule, DateTimeOffset seenAt, DateTimeOffset now)
        => BuildTable.Command(
            """
            insert into pipeline.schedules as s (rid, name, cron, zone, jitter, catch_up, branch, since, next_at, off)
            select $1::text, $2::text, $3::text, $4::text, $5::interval, $6::interval, $7::text, $8::timestamptz, $8::timestamptz,
                $10::boolean
            where not exists (select from pipeline.repositories where rid = $1 and untracked_at >= $9)
            on conflict (rid, name) do update set
                cron = excluded.cron, zone = excluded.zone, jitter = excluded.jitter, catch_up = excluded.catch_up,
                branch = excluded.branch, gone = false, next_at = excluded.next_at, declared = true, off = excluded.off,
                since = case when s.gone or s.off and not excluded.off or s.cron <> excluded.cron or s.zone is distinct from excluded.zone
                    then excluded.since else s.since end
            """,
            rid.Value, schedule.Name, schedule.Cron, (object?)schedule.Zone ?? DBNull.Value, schedule.Jitter, schedule.CatchUp,
            (object?)schedule.Branch ?? DBNull.Value, now, seenAt, schedule.IsOff);

    /// <summary>Marks those that a file does not name any more.</summary>
    public static NpgsqlBatchCommand Forget(Rid rid, IEnumerable<string> except)
        => BuildTable.Command("update pipeline.schedules set gone = true where rid = $1 and not (name = any ($2))",
            rid.Value, except.ToArray());

    /// <summary>Follows a decision; refuses the whole transaction (SQLSTATE AX003) when another one has decided since.</summary>
    /// <param name="before">The schedule as it was when this was decided.</param>
    /// <param name="due">The decision.</param>
    /// <param name="missed">How many slots were missed.</param>
    /// <param name="missedAt">The newest of them.</param>
    /// <param name="build">The build that it began.</param>
    /// <param name="idle">Why it began none.</param>
    public static NpgsqlBatchCommand Advance(
        Schedule before, DueSlots due, int missed, DateTimeOffset? missedAt, Guid? build, string? idle)
        => BuildTable.Command(
            $"""
            with mine as (
                update pipeline.schedules s set since = $4, next_at = $5, missed = missed + $6,
                    missed_at = coalesce($7, missed_at), last_build = coalesce($8, last_build),
                    idle = case when since = $4 then idle else $9::text end,
                    idle_at = case when since = $4 then idle_at when $9::text is not null then $4 end
                where rid = $1 and name = $2 and since = $3 and not gone and {IsOn} returning 1)
            select pipeline.require_lease(exists (select from mine))
            """,
            before.Rid.Value, before.Name, before.Since, due.Since, (object?)due.Next ?? DBNull.Value, missed,
            (object?)missedAt ?? DBNull.Value, (object?)build ?? DBNull.Value, (object?)idle ?? DBNull.Value);

    /// <summary>Follows somebody's switch.</summary>
    public static NpgsqlBatchCommand Switch(Rid rid, string name, ScheduleEvent happened)
        => happened is ScheduleEvent.Disabled off
            ? BuildTable.Command(
                """
                update pipeline.schedules set disabled_by = $3, disabled_at = $4, enabled_by = null, enabled_at = null
                where rid = $1 and name = $2
                """,
                rid.Value, name, off.By, off.At)
            : BuildTable.Command(
                """
                update pipeline.schedules set disabled_by = null, disabled_at = null, enabled_by = $4, enabled_at = $3, since = $3,
                    next_at = $3
                where rid = $1 and name = $2
                """,
                rid.Value, name, ((ScheduleEvent.Enabled)happened).At, ((ScheduleEvent.Enabled)happened).By);

    /// <summary>Keeps the build that somebody began by hand.</summary>
    public static NpgsqlBatchCommand Built(Schedule schedule, Guid build)
        => BuildTable.Command("update pipeline.schedules set last_build = $3 where rid = $1 and name = $2",
            schedule.Rid.Value, schedule.Name, build);

    private static async Task<IReadOnlyList<Schedule>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var schedules = new List<Schedule>();
        while (await reader.ReadAsync(ct))
        {
            schedules.Add(new Schedule(
                Rid.Parse(reader.GetString(0)), reader.GetString(1), reader.GetString(2), Text(3), reader.GetFieldValue<TimeSpan>(4),
                reader.GetFieldValue<TimeSpan>(5), Text(6), reader.GetFieldValue<DateTimeOffset>(7), Text(8), Moment(9),
                reader.GetInt32(10), Moment(11), reader.IsDBNull(12) ? null : reader.GetGuid(12),
                new ScheduleRepository(
                    reader.GetString(13), reader.GetString(14), RepositoryLocator.Parse(reader.GetString(15)),
                    Text(16) is { } head ? CommitId.Parse(head) : null))
            {
                IsDeclared = reader.GetBoolean(17), IsOffByDefault = reader.GetBoolean(18), EnabledAt = Moment(19), Idle = Text(20),
                IdleAt = Moment(21),
            });
        }

        return schedules;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        DateTimeOffset? Moment(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }
}
