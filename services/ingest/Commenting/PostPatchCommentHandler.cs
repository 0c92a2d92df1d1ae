using Auxo.Contracts;

namespace Auxo.Ingest.Commenting;

/// <summary>Keeps the wanted body of a comment; the worker writes it. Nothing here waits for Radicle.</summary>
public static class PostPatchCommentHandler
{
    /// <summary>Stores the body if it is newer than what is stored, and wakes the worker after the commit.</summary>
    public static void Handle(PostPatchComment message, IDocumentSession session, CommentWorker worker, DateTimeOffset now)
    {
        session.QueueSqlCommand(CommentOutbox.Want(message, session.CorrelationId, now));
        session.AfterCommit(worker.Wake);
    }
}
