using System.Text.Json;

using Npgsql;

namespace Auxo.Registry.Freshness;

/// <summary>The rows of what default branches use.</summary>
internal static class DependencyTable
{
    /// <summary>Keeps it in place of what was older.</summary>
    public static NpgsqlBatchCommand Keep(KeptDependencies found) => Sql.Command(
        """
        insert into registry.dependencies as d (rid, repository_name, commit_id, files, count, packages, found_at)
        values ($1, $2, $3, $4, $5, $6::jsonb, $7)
        on conflict (rid) do update set repository_name = excluded.repository_name, commit_id = excluded.commit_id,
            files = excluded.files, count = excluded.count, packages = excluded.packages, found_at = excluded.found_at,
            compared_at = null
        where excluded.found_at > d.found_at or d.found_at - excluded.found_at > interval '1 day'
        """,
        found.Rid.Value, found.RepositoryName, found.Head.Value, found.Files, found.Count,
        JsonSerializer.Serialize(found.Packages, StoredJson.Default.UsedPackages), found.At);

    /// <summary>Those that were not compared since a moment, the ones that have waited longest first.</summary>
    public static Task<List<KeptDependencies>> DueAsync(
        NpgsqlDataSource source, DateTimeOffset comparedBefore, int limit, CancellationToken ct)
        => source.ReadAsync(
            static r => new KeptDependencies(
                Rid.Parse(r.GetString(0)), r.GetString(1), CommitId.Parse(r.GetString(2)),
                JsonSerializer.Deserialize(r.GetString(5), StoredJson.Default.UsedPackages)!, r.GetInt32(4), r.GetInt32(3),
                r.GetFieldValue<DateTimeOffset>(6)), ct,
            """
            select rid, repository_name, commit_id, files, count, packages::text, found_at from registry.dependencies
            where compared_at is null or compared_at < $1 order by compared_at nulls first, rid limit $2
            """, comparedBefore, limit);

    /// <summary>It was compared, unless there is a newer one now.</summary>
    public static NpgsqlBatchCommand Compared(KeptDependencies found, DateTimeOffset now) => Sql.Command(
        "update registry.dependencies set compared_at = $3 where rid = $1 and found_at = $2", found.Rid.Value, found.At, now);

    /// <summary>Pipeline says again every week what a repository uses that is still followed.</summary>
    public static Task<int> ForgetAsync(NpgsqlDataSource source, DateTimeOffset foundBefore, CancellationToken ct)
        => source.ExecuteAsync(ct, "delete from registry.dependencies where found_at < $1", foundBefore);
}
