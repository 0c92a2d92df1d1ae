using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>A further revision is built, whoever wrote it, and what was built before it no longer matters.</summary>
public static class OnPatchRevisedHandler
{
    /// <summary>Plans it.</summary>
    public static Task<PlannedBuild?> LoadAsync(PatchRevised message, IQuerySession session, BuildPlanner planner, CancellationToken ct)
        => planner.PlanAsync(
            session, OnPatchOpenedHandler.Request(message.Rid, message.RepositoryName, message.Revision, message.Source, message.SeenAt),
            attempt: 1, ct);

    /// <summary>Queues its build, and ends the older ones.</summary>
    public static (QueuedBuild?, OutgoingMessages) Handle(PatchRevised message, PlannedBuild? planned, Links links, DateTimeOffset now)
        => QueueBuild.Decide(planned, links, now);
}
