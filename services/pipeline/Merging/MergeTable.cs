using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Merging;

/// <summary>A merge, and what its result had come to by then.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="Commit">What the branch has become.</param>
/// <param name="By">Who merged; null where that is not known.</param>
/// <param name="At">When, by the clock of who merged.</param>
/// <param name="SeenAt">When Auxo saw it.</param>
/// <param name="Passed">False for one that the gate would have refused, or that went past its owners' accepts by somebody's word.</param>
/// <param name="BuildId">The build that decided; null where there was none.</param>
/// <param name="Reason">One line.</param>
public sealed record MergeResponse(
    Rid Rid, string RepositoryName, PatchId PatchId, CommitId Commit, Did? By, DateTimeOffset At, DateTimeOffset SeenAt, bool Passed,
    Guid? BuildId, string Reason);

/// <summary>The merges that were seen.</summary>
internal static class MergeTable
{
    public static NpgsqlBatchCommand Record(PatchMerged merged, CommitId result, GateVerdict verdict)
        => BuildTable.Command(
            """
            insert into pipeline.merges (rid, patch_id, commit_id, merged_by, merged_at, seen_at, passed, build_id, reason)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing
            """,
            merged.Rid.Value, merged.PatchId.Value, result.Value, (object?)merged.By?.Value ?? DBNull.Value, merged.At,
            merged.SeenAt, verdict.Passed, (object?)verdict.Build?.BuildId ?? DBNull.Value, verdict.Reason);

    /// <summary>The newest merges first.</summary>
    public static async Task<IReadOnlyList<MergeResponse>> ListAsync(
        NpgsqlDataSource database, Rid? rid, bool unpassed, int limit, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select m.rid, coalesce(r.name, m.rid), patch_id, commit_id, merged_by, merged_at, seen_at, passed, build_id, reason
            from pipeline.merges m left join pipeline.repositories r on r.rid = m.rid
            where ($1::text is null or m.rid = $1) and not ($2 and passed) order by seen_at desc limit $3
            """)
            .With((object?)rid?.Value ?? DBNull.Value, unpassed, limit);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var merges = new List<MergeResponse>();
        while (await reader.ReadAsync(ct)) merges.Add(new MergeResponse(
            Rid.Parse(reader.GetString(0)), reader.GetString(1), PatchId.Parse(reader.GetString(2)), CommitId.Parse(reader.GetString(3)),
            await reader.IsDBNullAsync(4, ct) ? null : Did.Parse(reader.GetString(4)), reader.GetFieldValue<DateTimeOffset>(5),
            reader.GetFieldValue<DateTimeOffset>(6), reader.GetBoolean(7), await reader.IsDBNullAsync(8, ct) ? null : reader.GetGuid(8),
            reader.GetString(9)));
        return merges;
    }

    /// <summary>The builds of commits.</summary>
    public static async Task<IReadOnlyList<Build>> BuildsOfAsync(
        IQuerySession session, NpgsqlDataSource database, Rid rid, IReadOnlyList<CommitId> commits, CancellationToken ct)
        => (await OpenBuilds.LoadAsync(session, await BuildTable.OfCommitsAsync(database, rid, commits, ct), ct)).Builds;
}
