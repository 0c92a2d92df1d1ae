using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// The row of a build beside its stream: what the runner claims and the lists sort by. Written in the transaction of the event
/// it follows.
/// </summary>
internal static class BuildTable
{
    public static NpgsqlBatchCommand Insert(Build build, string? traceId)
        => Command(
            """
            insert into pipeline.builds (
                build_id, rid, trigger, subject, commit_id, attempt, trust, queued_at, state, trace_id, concurrency,
                labels, steps, scan)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, ''), $12, $13, nullif($14, ''))
            """,
            build.BuildId, build.Subject.Rid.Value, build.Subject.Trigger.ToString(), SubjectOf(build.Subject),
            build.Subject.Commit.Value, build.Attempt,
            build.Trust.ToString(), build.QueuedAt, StateOf(build), traceId ?? "", build.Plan.Concurrency?.KeyOf(build.Subject) ?? "",
            build.Plan.Runner?.ToArray() ?? [], build.HasStepsLeft(), build.Plan.Scan ?? "");

    /// <summary>Follows the build's state. A row that is done stays for the lists and has no lease.</summary>
    public static NpgsqlBatchCommand Follow(Build build)
        => Command(
            """
            update pipeline.builds set state = $2, steps = $3,
                lease_owner = case when $2 = 'ready' then lease_owner end, leased_until = case when $2 = 'ready' then leased_until end
            where build_id = $1 and state <> 'done'
            """,
            build.BuildId, StateOf(build), build.HasStepsLeft());

    /// <summary>Keeps the approval of a commit, for every later attempt at it.</summary>
    public static NpgsqlBatchCommand Approve(Rid rid, BuildEvent.ApprovalGranted granted)
        => Command(
            "insert into pipeline.approvals (rid, commit_id, approved_by, approved_at) values ($1, $2, $3, $4) on conflict do nothing",
            rid.Value, granted.Commit.Value, granted.By, granted.At);

    /// <summary>The patch or the ref.</summary>
    public static string SubjectOf(BuildSubject subject) => subject.PatchId?.Value ?? subject.Ref;

    public static string StateOf(Build build)
        => build.State switch { BuildState.Finished => "done", BuildState.AwaitingApproval => "held", _ => "ready" };

    public static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    public static NpgsqlCommand With(this NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <summary>The unfinished builds of a subject, or of the whole repository.</summary>
    public static async Task<IReadOnlyList<Guid>> OpenAsync(NpgsqlDataSource database, Rid rid, string? subject, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select build_id from pipeline.builds where rid = $1 and ($2::text is null or subject = $2) and state <> "
                + "'done' order by queued_at, build_id")
            .With(rid.Value, (object?)subject ?? DBNull.Value);
        return await IdsAsync(command, ct);
    }

    /// <summary>The unfinished builds of a group.</summary>
    public static async Task<IReadOnlyList<Guid>> OfGroupAsync(NpgsqlDataSource database, Rid rid, string group, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select build_id from pipeline.builds where rid = $1 and concurrency = $2 and state <> 'done' order by queued_at, build_id")
            .With(rid.Value, group);
        return await IdsAsync(command, ct);
    }

    /// <summary>All builds of some commits.</summary>
    public static async Task<IReadOnlyList<Guid>> OfCommitsAsync(
        NpgsqlDataSource database, Rid rid, IReadOnlyList<CommitId> commits, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select build_id from pipeline.builds where rid = $1 and commit_id = any ($2) order by queued_at, build_id")
            .With(rid.Value, commits.Select(static commit => commit.Value).ToArray());
        return await IdsAsync(command, ct);
    }

    /// <summary>The builds that are for a runner, begun or not.</summary>
    public static async Task<IReadOnlySet<Guid>> ReadyAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select build_id from pipeline.builds where state = 'ready'");
        return (await IdsAsync(command, ct)).ToHashSet();
    }

    /// <summary>Those of the builds that have their verdict.</summary>
    public static async Task<IReadOnlyList<Guid>> DoneAsync(
        NpgsqlDataSource database, IReadOnlyCollection<Guid> builds, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select build_id from pipeline.builds where state = 'done' and build_id = any ($1)").With(builds.ToArray());
        return await IdsAsync(command, ct);
    }

    /// <summary>The number of the next attempt at the same thing.</summary>
    public static async Task<int> NextAttemptAsync(
        NpgsqlDataSource database, Rid rid, BuildTrigger trigger, string subject, CommitId commit, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select coalesce(max(attempt), 0) + 1 from pipeline.builds where commit_id = $1 and rid = $2 and trigger = $3 and subject = $4")
            .With(commit.Value, rid.Value, trigger.ToString(), subject);
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>What the plan of a commit depends on, in one question.</summary>
    /// <param name="database">The service's database.</param>
    /// <param name="rid">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="subject">The patch or the ref.</param>
    /// <param name="seenAt">When the commit was seen; null when somebody asks for it now.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>
    /// Whether the repository was untracked since, whether somebody has approved the commit, and the unfinished builds of the subject.
    /// </returns>
    public static async Task<(bool Untracked, bool Approved, IReadOnlyList<Guid> Open)> KnownAsync(
        NpgsqlDataSource database, Rid rid, CommitId commit, string subject, DateTimeOffset? seenAt, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select exists (select from pipeline.repositories where rid = $1 and untracked_at >= $4::timestamptz),
                   exists (select from pipeline.approvals where rid = $1 and commit_id = $2),
                   array(select build_id from pipeline.builds
                         where rid = $1 and subject = $3 and state <> 'done' order by queued_at, build_id)
            """)
            .With(rid.Value, commit.Value, subject, (object?)seenAt ?? DBNull.Value);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetBoolean(0), reader.GetBoolean(1), await reader.GetFieldValueAsync<Guid[]>(2, ct));
    }

    /// <summary>True when somebody has approved exactly this commit.</summary>
    public static async Task<bool> IsApprovedAsync(NpgsqlDataSource database, Rid rid, CommitId commit, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select exists (select from pipeline.approvals where rid = $1 and commit_id = $2)").With(rid.Value, commit.Value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>A repository's default branch; null when it is not tracked.</summary>
    public static async Task<string?> DefaultBranchAsync(NpgsqlDataSource database, Rid rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select default_branch from pipeline.repositories where rid = $1 and untracked_at is null").With(rid.Value);
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>The default branch's head as ingest reported it; null when it reported none.</summary>
    public static async Task<CommitId?> HeadAsync(NpgsqlDataSource database, Rid rid, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select head from pipeline.repositories where rid = $1").With(rid.Value);
        return await command.ExecuteScalarAsync(ct) is string head ? CommitId.Parse(head) : null;
    }

    /// <summary>True when the repository was untracked after this was seen.</summary>
    public static async Task<bool> IsUntrackedAsync(NpgsqlDataSource database, Rid rid, DateTimeOffset seenAt, CancellationToken ct)
    {
        await using var command =
            database.CreateCommand("select exists (select from pipeline.repositories where rid = $1 and untracked_at >= $2)")
                .With(rid.Value, seenAt);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task<IReadOnlyList<Guid>> IdsAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetGuid(0));
        return ids;
    }
}
