using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Schedules.Scans;

using Npgsql;

namespace Auxo.Pipeline.Security;

/// <summary>What is asked of the rows of findings to count them.</summary>
internal static class SecurityTable
{
    private const string State =
        """
        case when accepted_by is null or accepted_until < $2 then 0 when false_alarm then 2 else 1 end
        """;

    /// <summary>All that is not fixed, in groups: few rows, however many findings there are.</summary>
    public static async Task<IReadOnlyList<FindingGroup>> GroupsAsync(
        NpgsqlDataSource database, Rid rid, DateOnly today, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select check_name, severity, {State}, (open_since at time zone 'UTC')::date, count(*)::int
            from pipeline.findings where rid = $1 and not is_fixed group by 1, 2, 3, 4
            """).With(rid.Value, today);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var groups = new List<FindingGroup>();
        while (await reader.ReadAsync(ct))
            groups.Add(new FindingGroup(
                reader.GetString(0), (Severity)reader.GetInt16(1), StateOf(reader.GetInt32(2)), reader.GetFieldValue<DateOnly>(3),
                reader.GetInt32(4)));
        return groups;
    }

    /// <summary>The life of every finding of the security checks that is on record, without its words.</summary>
    public static async Task<IReadOnlyList<FindingLife>> LivesAsync(
        NpgsqlDataSource database, Rid rid, DateOnly today, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select id, check_name, severity, path, opened_at, open_since, fixed_at, is_fixed, {State}
            from pipeline.findings where rid = $1 and check_name = any ($3)
            """).With(rid.Value, today, SecurityChecks.All.ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (lives, paths) = (new List<FindingLife>(), new Dictionary<string, string>(StringComparer.Ordinal));
        while (await reader.ReadAsync(ct))
        {
            var path = reader.GetString(3);
            // Many findings stand in one file.
            if (!paths.TryGetValue(path, out var known)) paths[path] = known = path;
            var isFixed = reader.GetBoolean(7);
            lives.Add(new FindingLife(
                reader.GetString(0), SecurityChecks.All.First(check => check == reader.GetString(1)), (Severity)reader.GetInt16(2), known,
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5),
                await reader.IsDBNullAsync(6, ct) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                isFixed ? FindingState.Fixed : StateOf(reader.GetInt32(8))));
        }

        return lives;
    }

    /// <summary>Some findings whole.</summary>
    public static async Task<IReadOnlyList<TrackedFinding>> FindAsync(
        NpgsqlDataSource database, Rid rid, IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        await using var command = database
            .CreateCommand("select to_jsonb(f)::text from pipeline.findings f where rid = $1 and id = any ($2)")
            .With(rid.Value, ids.ToArray());
        return await FindingsTable.ReadAsync(command, ct);
    }

    /// <summary>The checks that a nightly scan makes and has something to look at for.</summary>
    public static async Task<IReadOnlyCollection<string>> ScannedAsync(NpgsqlDataSource database, Rid rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select name from pipeline.schedules
            where rid = $1 and not declared and not gone and disabled_at is null and (not off or enabled_at is not null)
                and idle is null and last_build is not null and name = any ($2)
            """).With(rid.Value, Scan.All.Where(static scan => !scan.IsDeep).Select(static scan => scan.Name).ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        var checks = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) checks.UnionWith(Scan.Find(reader.GetString(0))!.Checks);
        return checks;
    }

    /// <summary>The repositories that are followed, by name.</summary>
    public static async Task<IReadOnlyList<SecuredRepository>> RepositoriesAsync(
        NpgsqlDataSource database, Rid? rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select rid, name, source, head from pipeline.repositories
            where case when $1::text is null then untracked_at is null else rid = $1 end order by name, rid
            """).With((object?)rid?.Value ?? DBNull.Value);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var repositories = new List<SecuredRepository>();
        while (await reader.ReadAsync(ct))
            repositories.Add(new SecuredRepository(
                Rid.Parse(reader.GetString(0)), reader.GetString(1), RepositoryLocator.Parse(reader.GetString(2)),
                await reader.IsDBNullAsync(3, ct) ? null : CommitId.Parse(reader.GetString(3))));
        return repositories;
    }

    private static FindingState StateOf(int number)
        => number switch { 0 => FindingState.Open, 1 => FindingState.Accepted, _ => FindingState.FalseAlarm };
}

/// <summary>A repository whose findings are counted.</summary>
/// <param name="Rid">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Source">Where its objects are.</param>
/// <param name="Head">The newest head of its default branch; null before there was one.</param>
internal sealed record SecuredRepository(Rid Rid, string Name, RepositoryLocator Source, CommitId? Head);

/// <summary>When a finding was open.</summary>
/// <param name="Id">The finding.</param>
/// <param name="Check">The check.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Path">The file; empty for the whole tree.</param>
/// <param name="OpenedAt">When it was first seen.</param>
/// <param name="OpenSince">Since when it is, or until its fix was, open without a break.</param>
/// <param name="FixedAt">When it was last fixed; it stays when it comes back.</param>
/// <param name="State">Where it stands today.</param>
public sealed record FindingLife(
    string Id, string Check, Severity Severity, string Path, DateTimeOffset OpenedAt, DateTimeOffset OpenSince,
    DateTimeOffset? FixedAt, FindingState State);
