using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Cancelling;

/// <summary>
/// A repository is no longer followed: what waits is cancelled, what was seen before and arrives late is not built, and what
/// runs may finish. What is known of it stays, as a mark of when that was.
/// </summary>
public static class OnRepositoryUntrackedHandler
{
    /// <summary>Marks the repository and ends the builds that wait.</summary>
    public static Task<OutgoingMessages> HandleAsync(
        RepositoryUntracked message, IDocumentSession session, BuildWriter writer, Links links,
        DateTimeOffset now, CancellationToken ct)
    {
        session.QueueSqlCommand(BuildTable.Command(
            "update pipeline.repositories set untracked_at = $2 where rid = $1", message.Rid.Value, message.At));
        return writer.AppendAllAsync(session, message.Rid, subject: null, build => Decide(build, links, now), ct);
    }

    /// <summary>Decides on one unfinished build of the repository.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
        => build.State == BuildState.Running
            ? ([], [])
            : FinishBuild.Decide(build, Outcome.Cancelled, "the repository is no longer tracked", by: null, links, now, quiet: true);
}
