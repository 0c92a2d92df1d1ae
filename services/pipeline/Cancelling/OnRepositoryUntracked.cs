using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Cancelling;

/// <summary>
/// A repository is no longer followed: what waits is cancelled, what was seen before and arrives late is not built, and what
/// runs may finish. What is known of it stays, as a mark of when that was.
/// </summary>
public static class OnRepositoryUntrackedHandler
{
    /// <summary>Its builds.</summary>
    public static Task<OpenBuilds> LoadAsync(
        RepositoryUntracked message, IQuerySession session, NpgsqlDataSource database, CancellationToken ct)
        => OpenBuilds.LoadAsync(session, database, message.Rid, subject: null, ct);

    /// <summary>Marks the repository and ends the builds that wait.</summary>
    public static (MarkUntracked, IReadOnlyList<BuildChange>, OutgoingMessages) Handle(
        RepositoryUntracked message, OpenBuilds builds, Links links, DateTimeOffset now)
    {
        var (changes, messages) = builds.Decide(build => Decide(build, links, now));
        return (new MarkUntracked(message.Rid, message.At), changes, messages);
    }

    /// <summary>Decides on one unfinished build of the repository.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, Links links, DateTimeOffset now)
        => build.State == BuildState.Running
            ? ([], [])
            : FinishBuild.Decide(build, Outcome.Cancelled, "the repository is no longer tracked", by: null, links, now, quiet: true);
}

/// <summary>Marks a repository as no longer followed; its schedules owe nothing until it is followed again.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="At">Since when: what was seen before then is not built.</param>
public sealed record MarkUntracked(Rid Rid, DateTimeOffset At) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        session.QueueSqlCommand(BuildTable.Command("update pipeline.repositories set untracked_at = $2 where rid = $1", Rid.Value, At));
        session.QueueSqlCommand(ScheduleTable.Forget(Rid, except: []));
    }
}
