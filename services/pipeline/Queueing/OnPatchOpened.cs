using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>A new patch is built, drafts too.</summary>
public static class OnPatchOpenedHandler
{
    /// <summary>Plans its first revision.</summary>
    public static Task<PlannedBuild?> LoadAsync(PatchOpened message, IQuerySession session, BuildPlanner planner, CancellationToken ct)
        => planner.PlanAsync(
            session, Request(message.Rid, message.RepositoryName, message.Revision, message.Source, message.SeenAt), attempt: 1, ct);

    /// <summary>Queues its build, and has those told who own what it changes.</summary>
    public static (QueuedBuild?, OutgoingMessages) Handle(PatchOpened message, PlannedBuild? planned, Links links, DateTimeOffset now)
    {
        var (queued, messages) = QueueBuild.Decide(planned, links, now);
        if (planned?.Owners is not { Change: { Count: > 0 } change } owners) return (queued, messages);
        return (queued, [.. messages, new ReviewWanted(
            message.Rid, message.RepositoryName, message.Revision.PatchId, message.Revision.RevisionId, message.Revision.Head,
            message.Revision.Title, message.Revision.Author, change.First, change.Count, owners.OtherChannels, message.At)]);
    }

    /// <summary>A revision as a wish to build it.</summary>
    internal static BuildRequest Request(Rid rid, string name, PatchRevision revision, RepositoryLocator source, DateTimeOffset seenAt)
        => new(
            rid, name, BuildTrigger.Patch, revision.PatchId, revision.RevisionId, $"patches/{revision.PatchId}",
            revision.Head, revision.Title, revision.Author, source,
            revision.Trust, revision.Canonical)
        {
            SeenAt = seenAt, Linked = revision.Linked ?? [], LinkProblems = revision.LinkProblems ?? [],
        };
}
