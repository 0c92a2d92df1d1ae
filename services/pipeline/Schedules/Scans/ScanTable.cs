using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Schedules.Scans;

/// <summary>The rows of scans among those of schedules.</summary>
internal static class ScanTable
{
    /// <summary>
    /// Gives tracked repositories the scans that they do not have, or have otherwise than they are now. What a pipeline
    /// file says of one stays, and so does what somebody has switched.
    /// </summary>
    /// <param name="rid">The repository; null for all.</param>
    /// <param name="settings">Which are off by default.</param>
    /// <param name="declared">
    /// Those that the pipeline file names; null when nobody has read it: then what it said before counts.
    /// </param>
    /// <param name="now">The time; slots of what is new count from now on.</param>
    public static NpgsqlBatchCommand Keep(
        Rid? rid, ScanSettings settings, IEnumerable<string>? declared, DateTimeOffset now)
    {
        var scans = Scan.All.Select(static scan => scan.Usual)
            .Where(scan => declared?.Contains(scan.Name) is not true).ToList();
        return BuildTable.Command(
            """
            insert into pipeline.schedules as s (rid, name, cron, jitter, catch_up, since, next_at, declared, off)
            select r.rid, u.name, u.cron, u.jitter, u.catch_up, $2::timestamptz, $2::timestamptz, false, u.off
            from pipeline.repositories r
            cross join unnest($3::text[], $4::text[], $5::interval[], $6::interval[], $7::boolean[])
                u (name, cron, jitter, catch_up, off)
            where r.untracked_at is null and ($1::text is null or r.rid = $1)
            on conflict (rid, name) do update set
                cron = excluded.cron, zone = null, jitter = excluded.jitter, catch_up = excluded.catch_up, branch = null,
                declared = false, off = excluded.off, gone = false, next_at = excluded.next_at,
                since = case when s.gone or s.off and not excluded.off or s.cron <> excluded.cron or s.zone is not null
                    then excluded.since else s.since end
            where s.gone or s.declared and $8 or not s.declared and (s.cron, s.jitter, s.catch_up, s.off)
                is distinct from (excluded.cron, excluded.jitter, excluded.catch_up, excluded.off)
            """,
            (object?)rid?.Value ?? DBNull.Value, now, Column(static scan => scan.Name),
            Column(static scan => scan.Cron), Column(static scan => scan.Jitter), Column(static scan => scan.CatchUp),
            Column(scan => settings.Off.Contains(scan.Name)), declared is not null);

        T[] Column<T>(Func<Definitions.ScheduleDefinition, T> of) => [.. scans.Select(of)];
    }

    /// <summary>
    /// Gives every tracked repository its scans: one of an earlier version has none, and the settings may be others now.
    /// </summary>
    public static async Task KeepAsync(
        NpgsqlDataSource database, ScanSettings settings, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Keep(rid: null, settings, declared: null, now));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The newest runs of a scan that are over, the newest first.</summary>
    public static Task<IReadOnlyList<Guid>> RunsAsync(
        NpgsqlDataSource database, Rid rid, string scan, int most, CancellationToken ct)
        => NewestAsync(database, "scan = $2", rid, scan, most, ct);

    /// <summary>The newest builds of a branch's pushes that are over, the newest first.</summary>
    public static Task<IReadOnlyList<Guid>> PushesAsync(
        NpgsqlDataSource database, Rid rid, string branch, int most, CancellationToken ct)
        => NewestAsync(database, "trigger = 'Branch' and subject = $2", rid, branch, most, ct);

    private static async Task<IReadOnlyList<Guid>> NewestAsync(
        NpgsqlDataSource database, string which, Rid rid, string named, int most, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select build_id from pipeline.builds where rid = $1 and {which} and state = 'done'
            order by queued_at desc, build_id desc limit $3
            """)
            .With(rid.Value, named, most);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetGuid(0));
        return ids;
    }
}
