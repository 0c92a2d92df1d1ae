using System.Text.Json;

using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Findings;

/// <summary>The rows of findings and of looks whose build has not ended.</summary>
internal static class FindingsTable
{
    /// <summary>So long a fixed finding is remembered; one that comes back later is a new one.</summary>
    public const int FixedDays = 365;

    /// <summary>Of fixed findings the newest are remembered.</summary>
    public const int MostFixed = 20_000;

    /// <summary>Rows in one statement: what is sent at once stays some megabytes.</summary>
    private const int AtOnce = 5_000;

    /// <summary>Keeps what a build saw until it ends; again after a crash.</summary>
    public static NpgsqlCommand Stage(NpgsqlDataSource database, FindingLook look)
        => database.CreateCommand(
            """
            insert into pipeline.finding_looks (build_id, look) values ($1, $2::jsonb)
            on conflict (build_id) do update set look = excluded.look
            """)
            .With(look.BuildId, JsonSerializer.Serialize(look, FindingLookJson.Default.FindingLook));

    /// <summary>The build has ended.</summary>
    public static NpgsqlBatchCommand Unstage(Guid buildId)
        => BuildTable.Command("delete from pipeline.finding_looks where build_id = $1", buildId);

    /// <summary>Removes what was kept of builds that had ended by then: somebody stopped one at that moment.</summary>
    public static async Task ForgetAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            delete from pipeline.finding_looks l using pipeline.builds b where b.build_id = l.build_id and b.state = 'done'
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What a build saw; null when nothing is kept of it.</summary>
    public static async Task<FindingLook?> StagedAsync(NpgsqlDataSource database, Guid buildId, CancellationToken ct)
    {
        await using var command = database
            .CreateCommand("select look::text from pipeline.finding_looks where build_id = $1").With(buildId);
        return await command.ExecuteScalarAsync(ct) is string text
            ? JsonSerializer.Deserialize(text, FindingLookJson.Default.FindingLook)
            : null;
    }

    /// <summary>Inserts rows, or replaces those that are there.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Write(IReadOnlyList<TrackedFinding> rows)
        => rows.Chunk(AtOnce).Select(static part => BuildTable.Command(
            """
            insert into pipeline.findings
            select * from jsonb_populate_recordset(null::pipeline.findings, $1::jsonb)
            on conflict (rid, id) do update set
                check_name = excluded.check_name, rule = excluded.rule, path = excluded.path,
                content = excluded.content, blob = excluded.blob, line = excluded.line,
                severity = excluded.severity, message = excluded.message, open_since = excluded.open_since,
                reopenings = excluded.reopenings, reopened_commit = excluded.reopened_commit,
                reopened_build = excluded.reopened_build, reopened_by = excluded.reopened_by,
                is_fixed = excluded.is_fixed, fixed_at = excluded.fixed_at, fixed_commit = excluded.fixed_commit,
                fixed_build = excluded.fixed_build, fixed_by = excluded.fixed_by, fixed_how = excluded.fixed_how,
                accepted_until = excluded.accepted_until, accepted_by = excluded.accepted_by,
                accepted_reason = excluded.accepted_reason, false_alarm = excluded.false_alarm
            """,
            JsonSerializer.Serialize(part, FindingRowJson.Default.IReadOnlyListTrackedFinding)));

    /// <summary>Forgets fixed ones that are old or too many.</summary>
    public static NpgsqlBatchCommand Trim(Rid rid, DateTimeOffset now)
        => BuildTable.Command(
            """
            delete from pipeline.findings where rid = $1 and is_fixed and (fixed_at < $2 or id in (
                select id from pipeline.findings where rid = $1 and is_fixed order by fixed_at desc, id desc offset $3))
            """,
            rid.Value, now.AddDays(-FixedDays), MostFixed);

    /// <summary>All findings of a repository that are on record.</summary>
    public static async Task<IReadOnlyList<TrackedFinding>> AllAsync(
        NpgsqlDataSource database, Rid rid, CancellationToken ct)
    {
        await using var command = database
            .CreateCommand("select to_jsonb(f)::text from pipeline.findings f where rid = $1").With(rid.Value);
        return await ReadAsync(command, ct);
    }

    /// <summary>The ones that are not fixed in some files, and those that are about the whole tree.</summary>
    public static async Task<IReadOnlyList<TrackedFinding>> OpenInAsync(
        NpgsqlDataSource database, Rid rid, IReadOnlyCollection<string> paths, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select to_jsonb(f)::text from pipeline.findings f
            where rid = $1 and not is_fixed and (path = '' or path = any ($2))
            """)
            .With(rid.Value, paths.ToArray());
        return await ReadAsync(command, ct);
    }

    /// <summary>True when a repository has a finding that is not fixed.</summary>
    public static async Task<bool> HasOpenAsync(NpgsqlDataSource database, Rid rid, CancellationToken ct)
    {
        await using var command = database
            .CreateCommand("select exists (select from pipeline.findings where rid = $1 and not is_fixed)")
            .With(rid.Value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Reads rows that were selected as JSON.</summary>
    public static async Task<IReadOnlyList<TrackedFinding>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var findings = new List<TrackedFinding>();
        while (await reader.ReadAsync(ct))
            findings.Add(JsonSerializer.Deserialize(reader.GetString(0), FindingRowJson.Default.TrackedFinding)!);
        return findings;
    }
}
