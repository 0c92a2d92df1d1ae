using Auxo.Contracts;

using Npgsql;

namespace Auxo.Ingest.Statuses;

/// <summary>The last result of each commit, and who asked for it. Both are kept as long as receipts are.</summary>
public static class CommitResults
{
    /// <summary>Stores how a commit's build ended with the next save.</summary>
    public static NpgsqlBatchCommand Keep(Rid rid, CommitId commit, CommitStatus status, DateTimeOffset at)
        => new("""
            insert into ingest.commit_results (rid, commit_id, state, description, target, ended_at) values ($1, $2, $3, $4, $5, $6)
            on conflict (rid, commit_id) do update set state = excluded.state, description = excluded.description,
                target = excluded.target, ended_at = excluded.ended_at
            """)
        {
            Parameters =
            {
                new() { Value = rid.Value }, new() { Value = commit.Value }, new() { Value = status.State },
                new() { Value = status.Description.Replace("\0", "", StringComparison.Ordinal) },
                new() { Value = (object?)status.Target ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                new() { Value = at },
            },
        };

    /// <summary>How the last build of a commit ended; null while none has.</summary>
    public static async Task<CommitStatus?> FindAsync(NpgsqlDataSource source, Rid rid, CommitId commit, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "select state, description, target from ingest.commit_results where rid = $1 and commit_id = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = rid.Value });
        command.Parameters.Add(new NpgsqlParameter { Value = commit.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new CommitStatus(reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetString(2))
            : null;
    }

    /// <summary>Who asked, by webhooks that were signed.</summary>
    public static async Task<IReadOnlyList<StatusPlace>> PlacesAsync(
        NpgsqlDataSource source, Rid rid, CommitId commit, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select distinct status_url, context, seeder from ingest.receipts
            where rid = $1 and commit_id = $2 and status_url is not null and context is not null and seeder is not null and signed
            order by 1, 2, 3 limit 20
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = rid.Value });
        command.Parameters.Add(new NpgsqlParameter { Value = commit.Value });
        var places = new List<StatusPlace>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) places.Add(new StatusPlace(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return places;
    }
}

/// <summary>The end of a build is kept for webhooks that come later.</summary>
public sealed record KeepResult(Rid Rid, CommitId Commit, CommitStatus Status, DateTimeOffset At) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session) => session.QueueSqlCommand(CommitResults.Keep(Rid, Commit, Status, At));
}
