using System.Text.Json;

using Auxo.Contracts;

using Npgsql;

namespace Auxo.Ingest.Commenting;

/// <summary>How far a comment got.</summary>
public enum CommentState
{
    /// <summary>It is to be written; the reason says what it waits for.</summary>
    Waiting,

    /// <summary>It is being written.</summary>
    Posting,

    /// <summary>It stands on the patch.</summary>
    Posted,

    /// <summary>It will not be written; the reason says why.</summary>
    Dropped,
}

/// <summary>A comment that is wanted.</summary>
/// <param name="Key">One per build.</param>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="RevisionId">The revision.</param>
/// <param name="BuildId">The build that speaks.</param>
/// <param name="Seq">Of the wanted body.</param>
/// <param name="Body">Markdown.</param>
/// <param name="CommentId">The comment that stands there already; null when none does.</param>
/// <param name="Attempts">That failed since the last success.</param>
/// <param name="PostedAt">Since when this text stands, where it only has to be looked for once more; else null.</param>
/// <param name="CreatedAt">Since when a comment of this build is wanted.</param>
/// <param name="Remarks">What is wanted at lines of the code; null: what stands there stays.</param>
/// <param name="End">The end of the build, for its job; null with a text that is no verdict.</param>
public sealed record WantedComment(
    string Key, Rid Rid, PatchId PatchId, RevisionId RevisionId, Guid BuildId, int Seq, string Body,
    CommitId? CommentId, int Attempts, DateTimeOffset? PostedAt, DateTimeOffset CreatedAt, IReadOnlyList<PatchRemark>? Remarks = null,
    BuildEnd? End = null);

/// <summary>
/// The table <c>comment_outbox</c>: one row per build with the newest wanted body. At most two texts of a build are ever begun
/// to be written (the first one and the verdict), because every operation lives forever in everybody's storage; what comes
/// between is coalesced.
/// </summary>
public static class CommentOutbox
{
    /// <summary>Texts per build.</summary>
    public const int MaxOperations = 2;

    /// <summary>What a worker may take: not the second text before it is the last one.</summary>
    public static readonly LeaseTable Leases = new(
        "ingest.comment_outbox", "key",
        "(state in ('waiting', 'posting') and (operations = 0 or final or begun_seq = seq) and (not_before is null or "
            + "not_before <= now()) or confirm_at <= now())",
        "created_at");

    /// <summary>
    /// How long after its writing a comment is looked for once more; hardly a <c>rad</c> that read before our write still runs
    /// then.
    /// </summary>
    public static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);

    /// <summary>How long after its writing it is looked for the last time: on a busy machine a push takes its time.</summary>
    public static readonly TimeSpan LastLook = TimeSpan.FromMinutes(1);

    /// <summary>Stores a wanted body with the next save, unless a newer one is there.</summary>
    public static NpgsqlBatchCommand Want(PostPatchComment m, string? trace, DateTimeOffset now)
        => Command(
            """
            insert into ingest.comment_outbox as o
                (key, rid, patch_id, revision_id, build_id, seq, body, final, reason, created_at, updated_at, trace_id, remarks,
                 build_end)
            values ($1, $2, $3, $4, $5, $6, $7, $8, 'just asked for', $9, $9, $10::text, $11::text, $12::text)
            on conflict (key) do update set
                seq = excluded.seq, body = excluded.body, final = excluded.final, updated_at = excluded.updated_at,
                remarks = excluded.remarks, build_end = excluded.build_end,
                attempts = 0, not_before = null, confirm_at = null, trace_id = excluded.trace_id, posted_at = null,
                state = case when o.operations >= 2 then 'dropped' else 'waiting' end,
                reason = case when o.operations >= 2 then 'this build has used its two operations; the comment keeps its earlier text'
                              when o.operations = 1 and not excluded.final then 'waits for the verdict: one more text may be written'
                              else 'just asked for' end
            where o.seq < excluded.seq
            """,
            m.Key, m.Rid.Value, m.PatchId.Value, m.RevisionId.Value, m.BuildId, m.Seq,
            m.Markdown.Replace("\0", "", StringComparison.Ordinal), m.Final, now, (object?)trace ?? DBNull.Value,
            m.Remarks is null
                ? DBNull.Value
                : JsonSerializer.Serialize(m.Remarks, ContractsJson.Default.IReadOnlyListPatchRemark),
            m.End is null ? DBNull.Value : JsonSerializer.Serialize(m.End, ContractsJson.Default.BuildEnd));

    /// <summary>Marks the row as begun with its present body and returns it; null when it is gone.</summary>
    public static async Task<WantedComment?> BeginAsync(
        NpgsqlDataSource source, Lease<string> lease, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            update ingest.comment_outbox set
                state = case when confirm_at is null then 'posting' else state end, updated_at = $4,
                operations = operations + case when begun_seq is distinct from seq then 1 else 0 end, begun_seq = seq
            where key = $1 and lease_owner = $2 and lease_epoch = $3
            returning rid, patch_id, revision_id, build_id, seq, body, comment_id, attempts,
                case when confirm_at is not null then posted_at end, remarks, created_at, build_end
            """);
        foreach (var value in (object[])[lease.Key, lease.Owner, lease.Epoch, now]) command.Parameters.Add(new NpgsqlParameter
        {
            Value = value,
        });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        return new WantedComment(
            lease.Key, Rid.Parse(reader.GetString(0)), PatchId.Parse(reader.GetString(1)),
            RevisionId.Parse(reader.GetString(2)), reader.GetGuid(3),
            reader.GetInt32(4), reader.GetString(5), await reader.IsDBNullAsync(6, ct)
                ? null
                : CommitId.Parse(reader.GetString(6)), reader.GetInt32(7),
            await reader.IsDBNullAsync(8, ct) ? null : await reader.GetFieldValueAsync<DateTimeOffset>(8, ct),
            await reader.GetFieldValueAsync<DateTimeOffset>(10, ct),
            await reader.IsDBNullAsync(9, ct)
                ? null
                : JsonSerializer.Deserialize(reader.GetString(9), ContractsJson.Default.IReadOnlyListPatchRemark),
            await reader.IsDBNullAsync(11, ct) ? null : JsonSerializer.Deserialize(reader.GetString(11), ContractsJson.Default.BuildEnd));
    }

    /// <summary>The end of one attempt, under the lease. A body that became newer meanwhile stays to be written.</summary>
    public static NpgsqlBatchCommand End(
        WantedComment of, CommentState state, string? reason, CommitId? comment, bool failed, TimeSpan pause,
        DateTimeOffset now, DateTimeOffset? look = null)
        => Command(
            """
            update ingest.comment_outbox set
                state = case when seq = $2 then $3 when operations >= 2 then 'dropped' else 'waiting' end,
                reason = case when seq = $2 then $4::text else 'a newer text came meanwhile' end,
                comment_id = coalesce($5::text, comment_id), attempts = $6,
                not_before = case when seq = $2 then $7::timestamptz end,
                confirm_at = case when seq = $2 then $9::timestamptz end, updated_at = $8,
                posted_at = case when seq = $2 and $3 = 'posted' then coalesce(posted_at, $8) else posted_at end
            where key = $1
            """,
            of.Key, of.Seq, state.ToString().ToLowerInvariant(), (object?)reason ?? DBNull.Value, (object?)comment?.Value ?? DBNull.Value,
            failed ? of.Attempts + 1 : 0, pause > TimeSpan.Zero ? now + pause : DBNull.Value, now,
            (object?)look ?? DBNull.Value);

    /// <summary>
    /// When a comment that stands is looked for again: soon after it was written, and once more a minute after that; null when
    /// it was looked for twice.
    /// </summary>
    /// <param name="postedAt">Null when it was written just now for the first time.</param>
    /// <param name="changed">False when the look found it as it was left.</param>
    /// <param name="now">The present time.</param>
    public static DateTimeOffset? NextLook(DateTimeOffset? postedAt, bool changed, DateTimeOffset now)
        => postedAt is not { } posted || changed ? now + FirstLook
            : now < posted + LastLook ? posted + LastLook
            : null;

    /// <summary>What waits for something that may have happened now, such as the node's start, is tried at once.</summary>
    public static async Task HurryAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "update ingest.comment_outbox set not_before = null where state in ('waiting', 'posting') and not_before is not null");
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value == DBNull.Value
                ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown }
                : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
