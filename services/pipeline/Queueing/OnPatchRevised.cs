
namespace Auxo.Pipeline.Queueing;

/// <summary>A further revision is built, whoever wrote it, and what was built before it no longer matters.</summary>
public static class OnPatchRevisedHandler
{
    /// <summary>Queues the build of the revision; <see cref="QueueBuild"/> ends the older ones.</summary>
    public static async Task<OutgoingMessages> HandleAsync(
        PatchRevised message, IDocumentSession session, QueueBuild queue, DateTimeOffset now, CancellationToken ct)
        => (await queue.QueueAsync(session, OnPatchOpenedHandler.Request(message.Rid, message.RepositoryName,
            message.Revision, message.Source, message.SeenAt), attempt: 1, now, ct)).Messages;
}
