using Auxo.Contracts;

namespace Auxo.Ingest.Commenting;

/// <summary>Keeps the wanted body of a comment; the worker writes it. Nothing here waits for Radicle.</summary>
public static class PostPatchCommentHandler
{
    /// <summary>Stores the body if it is newer than what is stored; of a repository without comments nothing is kept.</summary>
    public static (WantComment?, CommentWanted?) Handle(
        PostPatchComment message, Envelope envelope, DateTimeOffset now, CommentSettings settings)
        => settings.IsOn(message.Rid) ? (new WantComment(message, envelope.CorrelationId, now), new CommentWanted()) : (null, null);
}

/// <summary>The wanted body of a comment, stored with its handler's transaction.</summary>
/// <param name="Comment">What was asked for.</param>
/// <param name="Trace">The trace id of what began it all.</param>
/// <param name="Now">When.</param>
public sealed record WantComment(PostPatchComment Comment, string? Trace, DateTimeOffset Now) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session) => session.QueueSqlCommand(CommentOutbox.Want(Comment, Trace, Now));
}

/// <summary>
/// There may be a comment to write. Stays in this process, and may be lost: the worker looks by itself every few seconds.
/// </summary>
public sealed record CommentWanted;

/// <summary>Wakes the worker after the commit that stored the wish.</summary>
public static class CommentWantedHandler
{
    /// <summary>Wakes it.</summary>
    public static void Handle(CommentWanted message, CommentWorker worker)
    {
        _ = message;
        worker.Wake();
    }
}
