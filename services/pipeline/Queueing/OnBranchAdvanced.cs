
namespace Auxo.Pipeline.Queueing;

/// <summary>A branch that somebody asked to follow is built; asking for it is what makes it trusted.</summary>
public static class OnBranchAdvancedHandler
{
    /// <summary>Queues the build.</summary>
    public static async Task<OutgoingMessages> HandleAsync(
        BranchAdvanced message, IDocumentSession session, QueueBuild queue, DateTimeOffset now, CancellationToken ct)
        => (await queue.QueueAsync(
            session,
            new BuildRequest(
                message.Rid, message.RepositoryName, BuildTrigger.Branch, null, null, message.Branch, message.New,
                message.Title, message.Author, message.Source, Trust.Trusted, null)
            {
                SeenAt = message.SeenAt,
            },
            attempt: 1, now, ct)).Messages;
}
