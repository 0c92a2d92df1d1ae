using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Queueing;

/// <summary>The default branch is built at every new head; delegates decided it, so its own pipeline file counts.</summary>
public static class OnDefaultBranchAdvancedHandler
{
    /// <summary>Queues the build and remembers the head, whose pipeline file counts for strangers.</summary>
    public static async Task<OutgoingMessages> HandleAsync(
        DefaultBranchAdvanced message, IDocumentSession session, QueueBuild queue, DateTimeOffset now, CancellationToken ct)
    {
        session.QueueSqlCommand(BuildTable.Command(
            """
            insert into pipeline.repositories (rid, name, default_branch, source, head) values ($1, $2, $3, $4, $5)
            on conflict (rid) do update set name = excluded.name, default_branch = excluded.default_branch,
                source = excluded.source, head = excluded.head
            where repositories.untracked_at is null or repositories.untracked_at < $6
            """,
            message.Rid.Value, message.RepositoryName, message.Branch, message.Source, message.New.Value, message.SeenAt));
        var request = new BuildRequest(
            message.Rid, message.RepositoryName, BuildTrigger.Branch, null, null, message.Branch, message.New,
            message.Title, message.Author, message.Source, Trust.Trusted, message.New)
        {
            SeenAt = message.SeenAt,
        };
        return (await queue.QueueAsync(session, request, attempt: 1, now, ct)).Messages;
    }
}
