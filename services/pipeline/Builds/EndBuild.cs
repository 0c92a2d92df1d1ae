using Auxo.EventStore;
using Auxo.Messaging;

using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// Applies a decision to the stream of one build, keeps its row in step, and stops its runner when the decision ended it.
/// </summary>
internal static class EndBuild
{
    /// <summary>Adds the decision to the session; the caller saves. An unknown build is left alone.</summary>
    public static async Task<OutgoingMessages> AppendAsync(
        IDocumentSession session, RunnerBell bell, Guid buildId, Func<Build,
        (Events Events, OutgoingMessages Messages)> decide, CancellationToken ct)
    {
        var stream = await session.Events.FetchForWriting<Build>(Build.StreamKey(buildId), ct);
        return stream.Aggregate is null ? [] : Append(session, bell, stream, decide(stream.Aggregate)).Messages;
    }

    /// <summary>The same for all unfinished builds of a subject, or of a repository when no subject is named.</summary>
    public static async Task<OutgoingMessages> AppendAllAsync(
        IDocumentSession session, NpgsqlDataSource database, RunnerBell bell, Rid rid, string? subject, Func<Build,
        (Events Events, OutgoingMessages Messages)> decide, CancellationToken ct)
    {
        OutgoingMessages messages = [];
        foreach (var id in await BuildTable.OpenAsync(database, rid, subject, ct)) messages.AddRange(
            await AppendAsync(session, bell, id, decide, ct));
        return messages;
    }

    /// <summary>The same for a stream that is fetched already; also gives the build as it is afterwards.</summary>
    public static (Build Build, OutgoingMessages Messages) Append(
        IDocumentSession session, RunnerBell bell, IEventStream<Build> stream, (Events Events, OutgoingMessages Messages) decision)
    {
        var before = stream.Aggregate!;
        var messages = InOrder(before.Id, decision.Messages);
        if (decision.Events.Count == 0) return (before, messages);
        stream.AppendMany(decision.Events);
        var after = decision.Events.Aggregate(before, Fold);
        if (BuildTable.StateOf(after) != BuildTable.StateOf(before)) session.QueueSqlCommand(BuildTable.Follow(after));
        if (after.State == BuildState.Finished) session.AfterCommit(() => bell.Stop(after.Id));
        return (after, messages);
    }

    /// <summary>All messages of one build are one group, whoever sends them: nobody hears of its end before its beginning.</summary>
    public static OutgoingMessages InOrder(Guid buildId, OutgoingMessages messages)
        => [.. messages.Select(message => message.InGroup(Build.StreamKey(buildId)))];

    private static Build Fold(Build build, object e)
        => e switch
        {
            BuildEvent.Started started => build.Apply(started),
            BuildEvent.StepStarted started => build.Apply(started),
            BuildEvent.Announced announced => build.Apply(announced),
            BuildEvent.StepFinished finished => build.Apply(finished),
            BuildEvent.FindingsReported reported => build.Apply(reported),
            BuildEvent.ArtifactProduced produced => build.Apply(produced),
            BuildEvent.ApprovalRequested requested => build.Apply(requested),
            BuildEvent.ApprovalGranted granted => build.Apply(granted),
            BuildEvent.Finished finished => build.Apply(finished),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
