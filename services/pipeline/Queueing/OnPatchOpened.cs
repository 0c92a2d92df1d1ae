
namespace Auxo.Pipeline.Queueing;

/// <summary>A new patch is built, drafts too.</summary>
public static class OnPatchOpenedHandler
{
    /// <summary>Queues the build of its first revision.</summary>
    public static async Task<OutgoingMessages> HandleAsync(
        PatchOpened message, IDocumentSession session, QueueBuild queue, DateTimeOffset now, CancellationToken ct)
        => (await queue.QueueAsync(session, Request(message.Rid, message.RepositoryName, message.Revision, message.Source, message.SeenAt),
            attempt: 1, now, ct)).Messages;

    /// <summary>A revision as a wish to build it.</summary>
    internal static BuildRequest Request(Rid rid, string name, PatchRevision revision, string source, DateTimeOffset seenAt)
        => new(
            rid, name, BuildTrigger.Patch, revision.PatchId, revision.RevisionId, $"patches/{revision.PatchId}",
            revision.Head, revision.Title, revision.Author, source,
            revision.Trust, revision.Canonical)
        {
            SeenAt = seenAt,
        };
}
