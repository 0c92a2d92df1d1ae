using Auxo.Registry.Publishing;

using Npgsql;

namespace Auxo.Registry.Fetching.Inputs;

/// <summary>A build that ended.</summary>
/// <param name="Build">Its id.</param>
/// <param name="Rid">Of which repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Ref">The branch, tag or patch.</param>
/// <param name="Commit">What was to be built.</param>
/// <param name="BuiltAs">The commit whose files were built, where that is another one: a merge that was tried.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record FinishedBuild(
    Guid Build, Rid Rid, string RepositoryName, string Ref, CommitId Commit, CommitId? BuiltAs, DateTimeOffset FinishedAt)
{
    /// <summary>As its end is told.</summary>
    public static FinishedBuild Of(BuildFinished message)
        => new(message.Subject.BuildId, message.Subject.Rid, message.Subject.RepositoryName, message.Subject.Ref, message.Subject.Commit,
            message.BuiltAs, message.FinishedAt);

    /// <summary>The build; null when its end was never told, or when all of it was forgotten.</summary>
    internal static async Task<FinishedBuild?> FindAsync(NpgsqlDataSource source, IQuerySession session, Guid build, CancellationToken ct)
    {
        var rows = await source.ReadAsync(
            r => new FinishedBuild(build, Rid.Parse(r.GetString(0)), r.GetString(1), r.GetString(2), CommitId.Parse(r.GetString(3)),
                r.IsDBNull(4) ? null : CommitId.Parse(r.GetString(4)), r.GetFieldValue<DateTimeOffset>(5)), ct,
            "select rid, repository_name, ref, commit_id, built_as, finished_at from registry.builds where build_id = $1", build);
        // What was published before ends of builds were kept.
        return rows is [var found] ? found
            : await session.LoadAsync<Publication>(Publication.StreamKey(build), ct) is { } p
                ? new FinishedBuild(build, p.Subject.Rid, p.Subject.RepositoryName, p.Subject.Ref, p.Subject.Commit, null, p.FinishedAt)
                : null;
    }
}

/// <summary>Keeps the end of a build.</summary>
/// <param name="Build">The build.</param>
public sealed record NoteEnd(FinishedBuild Build) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
        => session.QueueSqlCommand(Sql.Command(
            """
            insert into registry.builds (build_id, rid, repository_name, ref, commit_id, built_as, finished_at)
            values ($1, $2, $3, $4, $5, $6::text, $7) on conflict do nothing
            """,
            Build.Build, Build.Rid.Value, Build.RepositoryName, Build.Ref, Build.Commit.Value, Build.BuiltAs?.Value, Build.FinishedAt));
}
