using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>The default branch is built at every new head; delegates decided it, so its own pipeline file counts.</summary>
public static class OnDefaultBranchAdvancedHandler
{
    /// <summary>Plans its new head and reads its schedules.</summary>
    public static async Task<(PlannedBuild? Planned, IReadOnlyList<ScheduleDefinition>? Declared)> LoadAsync(
        DefaultBranchAdvanced message, IQuerySession session, BuildPlanner planner, DeclaredSchedules schedules, CancellationToken ct)
    {
        var declared = schedules.ReadAsync(message.Source, message.New, ct);
        var planned = planner.PlanAsync(
            session,
            new BuildRequest(
                message.Rid, message.RepositoryName, BuildTrigger.Branch, null, null, message.Branch, message.New,
                message.Title, message.Author, message.Source, Trust.Trusted, message.New)
            {
                SeenAt = message.SeenAt, Before = message.Old,
            },
            attempt: 1, ct);
        await Task.WhenAll(planned, declared);
        return (await planned, await declared);
    }

    /// <summary>Queues its build and remembers the head, whose pipeline file counts for strangers and says the schedules.</summary>
    public static (RememberHead, FollowSchedules, QueuedBuild?, OutgoingMessages) Handle(
        DefaultBranchAdvanced message, PlannedBuild? planned, IReadOnlyList<ScheduleDefinition>? declared, Links links, ScanSettings scans,
        DateTimeOffset now)
    {
        var (queued, messages) = QueueBuild.Decide(planned, links, now);
        if (declared is { Count: > 0 }) messages.Add(new SchedulesChanged());
        return (new RememberHead(message), new FollowSchedules(message.Rid, declared, message.SeenAt, now, scans), queued, messages);
    }
}

/// <summary>Remembers where a repository is and the newest head of its default branch.</summary>
/// <param name="Advanced">What ingest reported; without effect when the repository was untracked since that was seen.</param>
public sealed record RememberHead(DefaultBranchAdvanced Advanced) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
        => session.QueueSqlCommand(BuildTable.Command(
            """
            insert into pipeline.repositories (rid, name, default_branch, source, head) values ($1, $2, $3, $4, $5)
            on conflict (rid) do update set name = excluded.name, default_branch = excluded.default_branch,
                source = excluded.source, head = excluded.head
            where repositories.untracked_at is null or repositories.untracked_at < $6
            """,
            Advanced.Rid.Value, Advanced.RepositoryName, Advanced.Branch, Advanced.Source.Value, Advanced.New.Value, Advanced.SeenAt));
}
