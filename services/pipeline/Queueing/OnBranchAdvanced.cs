using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>A branch that somebody asked to follow is built; asking for it is what makes it trusted.</summary>
public static class OnBranchAdvancedHandler
{
    /// <summary>Plans its new head.</summary>
    public static Task<PlannedBuild?> LoadAsync(BranchAdvanced message, IQuerySession session, BuildPlanner planner, CancellationToken ct)
        => planner.PlanAsync(
            session,
            new BuildRequest(
                message.Rid, message.RepositoryName, BuildTrigger.Branch, null, null, message.Branch, message.New,
                message.Title, message.Author, message.Source, Trust.Trusted, null)
            {
                SeenAt = message.SeenAt, Before = message.Old,
            },
            attempt: 1, ct);

    /// <summary>Queues its build.</summary>
    public static (QueuedBuild?, OutgoingMessages) Handle(BranchAdvanced message, PlannedBuild? planned, Links links, DateTimeOffset now)
        => QueueBuild.Decide(planned, links, now);
}
