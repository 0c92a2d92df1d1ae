using Auxo.Pipeline.Findings;

namespace Auxo.Pipeline.Builds;

/// <summary>Reads and writes one build outside of message handlers.</summary>
public sealed class BuildWriter(IDocumentStore store, Outbox outbox, FindingsStore findings, TimeProvider time)
{
    /// <summary>The build as it stands; null when there is none.</summary>
    public async Task<Build?> ReadAsync(Guid buildId, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Build>(Build.StreamKey(buildId), ct);
    }

    /// <summary>
    /// Decides and writes all of the decision in a transaction of its own; decides again on fresh state when somebody else wrote first.
    /// </summary>
    /// <param name="buildId">The build.</param>
    /// <param name="decide">What happens to it.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="known">The build as the caller saw it last, which saves reading it; null reads it.</param>
    /// <returns>The build before and after; null when there is none.</returns>
    public Task<(Build Before, Build After)?> WriteAsync(
        Guid buildId, Func<Build, DateTimeOffset, (Events Events, OutgoingMessages Messages)> decide, CancellationToken ct,
        Build? known = null)
        => LostRace.RetryAsync<(Build, Build)?>(async () =>
        {
            await using var work = outbox.Open();
            var seen = known;
            known = null;      // a second try reads
            if ((seen ?? await work.Session.LoadAsync<Build>(Build.StreamKey(buildId), ct)) is not { } before) return null;
            var (events, messages) = decide(before, time.GetUtcNow());
            if (events.Count == 0 && messages.Count == 0) return (before, before);
            // Whatever carries the build on or ends it, it belongs to the push that began it.
            if (before.TraceId is not null) work.Trace(before.TraceId);
            var change = new BuildChange(before, events);
            change.Execute(work.Session);
            if (change.Wake is { } wake) messages.Add(wake);
            if (change.After.State == BuildState.Finished)
                messages.AddRange(await findings.MoveAsync(work.Session, change.After, time.GetUtcNow(), ct));
            foreach (var message in messages) await work.PublishAsync(message);
            if (change.After.State == BuildState.Finished) CrashPoint.Hit("pipeline.build.before_finish");
            await work.SaveChangesAsync(ct);
            return (before, change.After);
        });
}
