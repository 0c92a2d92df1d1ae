using JasperFx.Events;

using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// The one place that writes to the stream of a build that exists: events, the rows that follow them, messages, and what the
/// runner of this process is told after the commit.
/// </summary>
public sealed class BuildWriter(IDocumentStore store, NpgsqlDataSource database, Outbox outbox, BuildSignals signals, TimeProvider time)
{
    /// <summary>The build as it stands; null when there is none.</summary>
    public async Task<Build?> ReadAsync(Guid buildId, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Build>(Build.StreamKey(buildId), ct);
    }

    /// <summary>
    /// Decides on fresh state and writes all of the decision in a transaction of its own; decides again when somebody else wrote
    /// first.
    /// </summary>
    /// <returns>The build before and after; null when there is none.</returns>
    public async Task<(Build Before, Build After)?> WriteAsync(
        Guid buildId, Func<Build, DateTimeOffset, (Events Events, OutgoingMessages Messages)> decide, CancellationToken ct)
    {
        while (true)
        {
            await using var work = outbox.Open();
            var stream = await work.Session.Events.FetchForWriting<Build>(Build.StreamKey(buildId), ct);
            if (stream.Aggregate is not { } before) return null;
            // Whoever carries the build on or ends it, it belongs to the push that began it.
            if (before.TraceId is not null) work.Trace(before.TraceId);
            var decision = decide(before, time.GetUtcNow());
            if (decision.Events.Count == 0 && decision.Messages.Count == 0) return (before, before);
            var after = Append(work.Session, stream, decision.Events);
            foreach (var message in decision.Messages) await work.PublishAsync(message);
            if (after.State == BuildState.Finished) CrashPoint.Hit("pipeline.build.before_finish");
            try
            {
                await work.SaveChangesAsync(ct);
                return (before, after);
            }
            catch (Exception e) when (LostRace.Is(e))
            {
                // A cancel, an approval or the end of a step came first: decide on what it left.
            }
        }
    }

    /// <summary>Adds a decision to a handler's session; the caller saves and sends. An unknown build is left alone.</summary>
    public async Task<OutgoingMessages> AppendAsync(
        IDocumentSession session, Guid buildId, Func<Build, (Events Events, OutgoingMessages Messages)> decide, CancellationToken ct)
    {
        var stream = await session.Events.FetchForWriting<Build>(Build.StreamKey(buildId), ct);
        if (stream.Aggregate is not { } build) return [];
        var (events, messages) = decide(build);
        Append(session, stream, events);
        return messages;
    }

    /// <summary>The same for all unfinished builds of a subject, or of a repository when no subject is named.</summary>
    public async Task<OutgoingMessages> AppendAllAsync(
        IDocumentSession session, Rid rid, string? subject, Func<Build, (Events Events, OutgoingMessages Messages)> decide,
        CancellationToken ct)
    {
        OutgoingMessages messages = [];
        foreach (var id in await BuildTable.OpenAsync(database, rid, subject, ct))
            messages.AddRange(await AppendAsync(session, id, decide, ct));
        return messages;
    }

    private Build Append(IDocumentSession session, IEventStream<Build> stream, Events events)
    {
        var before = stream.Aggregate!;
        if (events.Count == 0) return before;
        stream.AppendMany(events);
        var after = before.After(events);
        if (BuildTable.StateOf(after) != BuildTable.StateOf(before)) session.QueueSqlCommand(BuildTable.Follow(after));
        foreach (var granted in events.OfType<BuildEvent.ApprovalGranted>())
            session.QueueSqlCommand(BuildTable.Approve(after.Subject.Rid, granted));
        if (after.State == BuildState.Finished) session.AfterCommit(() => signals.Stop(after.BuildId));
        else if (after.State == BuildState.Queued) session.AfterCommit(signals.Ring);
        return after;
    }
}
