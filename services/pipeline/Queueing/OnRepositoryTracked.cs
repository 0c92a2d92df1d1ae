using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Queueing;

/// <summary>Remembers where a repository is, for builds by hand.</summary>
public static class OnRepositoryTrackedHandler
{
    /// <summary>Keeps the row.</summary>
    public static void Handle(RepositoryTracked message, IDocumentSession session)
        => session.QueueSqlCommand(BuildTable.Command(
            """
            insert into pipeline.repositories (rid, name, default_branch, source) values ($1, $2, $3, $4)
            on conflict (rid) do update set name = excluded.name, default_branch = excluded.default_branch,
                source = excluded.source, untracked_at = null
            """,
            message.Rid.Value, message.Name, message.DefaultBranch, message.Source));
}
