using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Queueing;

/// <summary>Remembers where a repository is, for builds by hand.</summary>
public static class OnRepositoryTrackedHandler
{
    /// <summary>Keeps it.</summary>
    public static RememberRepository Handle(RepositoryTracked message) => new(message);
}

/// <summary>Remembers where a repository is, and that it is followed.</summary>
/// <param name="Tracked">What ingest reported.</param>
public sealed record RememberRepository(RepositoryTracked Tracked) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
        => session.QueueSqlCommand(BuildTable.Command(
            """
            insert into pipeline.repositories (rid, name, default_branch, source) values ($1, $2, $3, $4)
            on conflict (rid) do update set name = excluded.name, default_branch = excluded.default_branch,
                source = excluded.source, untracked_at = null
            """,
            Tracked.Rid.Value, Tracked.Name, Tracked.DefaultBranch, Tracked.Source.Value));
}
