using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>
/// What a patch needs has changed: the same revision is built with what that is now, and what was built before no longer matters.
/// </summary>
public static class OnPatchRelinkedHandler
{
    /// <summary>Plans it.</summary>
    public static Task<PlannedBuild?> LoadAsync(PatchRelinked message, IQuerySession session, BuildPlanner planner, CancellationToken ct)
        => planner.PlanAsync(
            session, OnPatchOpenedHandler.Request(message.Rid, message.RepositoryName, message.Revision, message.Source, message.SeenAt),
            attempt: 1, ct);

    /// <summary>Queues its build, and ends the older ones.</summary>
    public static (QueuedBuild?, OutgoingMessages) Handle(PatchRelinked message, PlannedBuild? planned, Links links, DateTimeOffset now)
        => QueueBuild.Decide(planned, links, now);
}
