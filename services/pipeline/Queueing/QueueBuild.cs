using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Queueing;

/// <summary>Puts a planned commit before the runner, and ends the older builds that it makes pointless.</summary>
public static class QueueBuild
{
    /// <summary>Decides what a planned commit comes to; nothing for one that is not to be queued.</summary>
    /// <returns>What is stored, and what is sent after the commit.</returns>
    public static (QueuedBuild? Queued, OutgoingMessages Messages) Decide(PlannedBuild? planned, Links links, DateTimeOffset now)
    {
        if (planned is null) return (null, []);
        var (events, messages) = Decide(planned.Id, planned.Request, planned.Attempt, planned.Plan, planned.Refusal, links, now,
            planned.Owners?.Change);
        var build = Build.Of((BuildEvent.Queued)events[0]).After(events.Skip(1)) with
        {
            Id = Build.StreamKey(planned.Id), Version = events.Count,
        };
        var (ended, more) = planned.Older.Decide(older => SupersedeBuild.Decide(older, build, links, now));
        if (build.State == BuildState.Queued) messages.Insert(0, new BuildReady(build));
        return (new QueuedBuild(build, events, ended), [.. messages, .. more]);
    }

    /// <summary>The first events of a build: queued, and at once finished when it cannot be run at all.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(
        Guid id, BuildRequest request, int attempt, Plan plan, string? refusal, Links links, DateTimeOffset now,
        ChangeOwners? owners = null)
    {
        var subject = request.Subject(id);
        var queued = new BuildEvent.Queued(
            subject, request.Source, attempt, request.Trust, request.Canonical, plan, request.RequestedBy, now, request.Before,
                owners);
        OutgoingMessages messages = [new BuildQueued(subject, plan.StepNames(), now)];
        if (refusal is null && plan.StepNames().Count > 0) return ([queued], messages);

        var (finished, more) = FinishBuild.Decide(
            Build.Of(queued), refusal is null
                ? Outcome.Skipped
                : Outcome.Errored, refusal ?? "every check is off and there are no steps", by: null, links, now);
        return ([queued, .. finished], [.. messages, .. more]);
    }
}

/// <summary>A new build, and the end of those that it makes pointless.</summary>
/// <param name="Build">As it stands after its first events.</param>
/// <param name="Events">They.</param>
/// <param name="Ended">The older ones.</param>
public sealed record QueuedBuild(Build Build, Events Events, IReadOnlyList<BuildChange> Ended) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        session.Events.StartStream<Build>(Build.StreamKey(Build.BuildId), Events);
        session.QueueSqlCommand(BuildTable.Insert(Build, session.CorrelationId));
        foreach (var change in Ended) change.Execute(session);
    }
}
