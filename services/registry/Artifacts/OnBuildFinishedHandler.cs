namespace Auxo.Registry.Artifacts;

/// <summary>
/// Takes note of the files that a passed build kept. What a stranger's code made stays in the pipeline, approved or not: people
/// fetch from here what they are going to run.
/// </summary>
public static class OnBuildFinishedHandler
{
    /// <summary>Records the wish; a worker fetches the bytes. A build is published once, however often its end is told.</summary>
    public static async Task HandleAsync(
        BuildFinished message, IDocumentSession session, PublishWorker worker, DateTimeOffset now, CancellationToken ct)
    {
        if (Decide(message, now) is not { } requested) return;
        var stream = await session.Events.FetchForWriting<Publication>(Publication.StreamKey(message.Subject.BuildId), ct);
        if (stream.Aggregate is not null) return;
        stream.AppendOne(requested);
        foreach (var row in PublicationTable.Insert(requested)) session.QueueSqlCommand(row);
        session.AfterCommit(worker.Wake);
    }

    /// <summary>Whether the files of a build are to be published.</summary>
    public static PublicationEvent.Requested? Decide(BuildFinished message, DateTimeOffset now)
        => message is { Outcome: Outcome.Passed, Trust: Trust.Trusted, Artifacts.Count: > 0 }
            ? new PublicationEvent.Requested(message.Subject, message.Artifacts, message.StartedAt, message.FinishedAt, now)
            : null;
}
