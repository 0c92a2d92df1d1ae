using Auxo.Registry.Fetching.Inputs;

namespace Auxo.Registry.Publishing;

/// <summary>
/// Takes note of the files that a passed build kept. What a stranger's code made stays in the pipeline, approved or not: people
/// fetch from here what they are going to run.
/// </summary>
public static class OnBuildFinishedHandler
{
    /// <summary>What is known of the build's files; null when this is the first time that its end arrives.</summary>
    public static Task<Publication?> LoadAsync(BuildFinished message, IQuerySession session, CancellationToken ct)
        => session.LoadAsync<Publication>(Publication.StreamKey(message.Subject.BuildId), ct);

    /// <summary>
    /// Records the wish; a worker fetches the bytes. A build is published once, however often its end arrives. The end itself is kept
    /// for whoever asks what a trusted author's build fetched here.
    /// </summary>
    public static (NoteEnd?, RequestFiles?, FilesRequested?) Handle(BuildFinished message, Publication? known, DateTimeOffset now)
    {
        var end = message.Trust == Trust.Trusted ? new NoteEnd(FinishedBuild.Of(message)) : null;
        return known is null && Decide(message, now) is { } requested
            ? (end, new RequestFiles(requested), new FilesRequested()) : (end, null, null);
    }

    /// <summary>Whether the files of a build are to be published.</summary>
    public static PublicationEvent.Requested? Decide(BuildFinished message, DateTimeOffset now)
        => message is { Outcome: Outcome.Passed, Trust: Trust.Trusted, Artifacts.Count: > 0 }
            ? new PublicationEvent.Requested(message.Subject, message.Artifacts, message.StartedAt, message.FinishedAt, now)
            : null;
}

/// <summary>Begins the stream of a build's files, and gives the worker something to take.</summary>
/// <param name="Requested">The first event.</param>
public sealed record RequestFiles(PublicationEvent.Requested Requested) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        session.Events.StartStream<Publication>(Publication.StreamKey(Requested.Subject.BuildId), Requested);
        foreach (var row in PublicationTable.Insert(Requested)) session.QueueSqlCommand(row);
    }
}
