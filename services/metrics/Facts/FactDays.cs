using Auxo.EventStore.Projections;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Facts;

/// <summary>
/// Sorts what was recorded into days. The facts are kept, not numbers computed from them: so a definition, a zone or a policy
/// can change, and every past answer can be given again (docs/decisions/110).
/// </summary>
public sealed class FactDays : MultiStreamProjection<DayPack, string>
{
    /// <summary>Which day each event belongs to.</summary>
    public FactDays()
    {
        Identity<ChangeEvent.Proposed>(static e => DayPack.Key(e.Rid, e.At));
        Identity<ChangeEvent.Merged>(static e => DayPack.Key(e.Rid, e.At));
        Identity<ChangeEvent.Archived>(static e => DayPack.Key(e.Rid, e.At));
        Identity<ChangeEvent.Landed>(static e => DayPack.Key(e.Rid, e.At));
        Identity<BuildEvent.Queued>(static e => DayPack.Key(e.Rid, e.At));
        Identity<BuildEvent.Started>(static e => DayPack.Key(e.Rid, e.At));
        Identity<BuildEvent.Finished>(static e => DayPack.Key(e.Rid, e.At));
        Identity<DeploymentEvent.Deployed>(static e => DayPack.Key(e.Rid, e.At));
        Identity<FailureEvent.Detected>(static e => DayPack.Key(e.Rid, e.At));
        Identity<FailureEvent.Recovered>(static e => DayPack.Key(e.Rid, e.At));
        Identity<FailureEvent.Reopened>(static e => DayPack.Key(e.Rid, e.At));
        Identity<FailureEvent.Dismissed>(static e => DayPack.Key(e.Rid, e.At));
        Identity<RepositoryEvent.Tracked>(static e => DayPack.Key(e.Rid, e.At));
        Identity<RepositoryEvent.Untracked>(static e => DayPack.Key(e.Rid, e.At));
        Identity<RepositoryEvent.PolicyChanged>(static e => DayPack.Key(e.Rid, e.At));
    }

    /// <summary>Adds the fact.</summary>
    public DayPack Apply(IEvent<ChangeEvent.Proposed> e, DayPack day)
        => In(day, new RevisionFact(e.Sequence, e.Data.At, e.Data.PatchId, e.Data.Author, e.Data.Title, e.Data.FirstCommitAt));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<ChangeEvent.Merged> e, DayPack day)
        => In(day, new MergeFact(e.Sequence, e.Data.At, e.Data.PatchId, e.Data.Commit, e.Data.SeenAt));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<ChangeEvent.Archived> e, DayPack day) => In(day, new ArchiveFact(e.Sequence, e.Data.At, e.Data.PatchId));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<ChangeEvent.Landed> e, DayPack day)
        => In(day, new LandingFact(
            e.Sequence, e.Data.At, e.Data.Branch, e.Data.Old, e.Data.Commit, e.Data.Title, Oids(e.Data.Patches), e.Data.SeenAt));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<BuildEvent.Queued> e, DayPack day)
        => In(day, new BuildPhase(e.Sequence, e.Data.At, e.Data.BuildId, Started: false));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<BuildEvent.Started> e, DayPack day)
        => In(day, new BuildPhase(e.Sequence, e.Data.At, e.Data.BuildId, Started: true));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<BuildEvent.Finished> e, DayPack day)
        => In(day, new BuildFact(
            e.Sequence, e.Data.At, e.Data.BuildId, e.Data.Trigger, e.Data.Ref, e.Data.Commit, e.Data.PatchId,
            e.Data.Outcome, e.Data.QueuedAt, e.Data.StartedAt, e.Data.Failures));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<DeploymentEvent.Deployed> e, DayPack day)
        => In(day, new DeploymentFact(
            e.Sequence, e.Data.At, e.Data.DeploymentId, e.Data.Environment, e.Data.Commit, Oids(e.Data.Patches),
            e.Data.Succeeded, e.Data.Kind, e.Data.RolloutId, e.Data.Remediates));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<FailureEvent.Detected> e, DayPack day)
        => In(day, new FailureFact(
            e.Sequence, e.Data.At, e.Data.FailureId, FailureTurn.Detected, e.Data.DeploymentId, e.Data.Title, e.Data.StartedAt));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<FailureEvent.Recovered> e, DayPack day)
        => In(day, Turn(e, e.Data.FailureId, FailureTurn.Recovered, e.Data.At));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<FailureEvent.Reopened> e, DayPack day)
        => In(day, Turn(e, e.Data.FailureId, FailureTurn.Reopened, e.Data.At));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<FailureEvent.Dismissed> e, DayPack day)
        => In(day, Turn(e, e.Data.FailureId, FailureTurn.Dismissed, e.Data.At));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<RepositoryEvent.Tracked> e, DayPack day)
        => In(day, new RepositoryFact(e.Sequence, e.Data.At, e.Data.Name, e.Data.DefaultBranch, Policy: null, Untracked: false));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<RepositoryEvent.Untracked> e, DayPack day)
        => In(day, new RepositoryFact(e.Sequence, e.Data.At, null, null, null, Untracked: true));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, DayPack)"/>
    public DayPack Apply(IEvent<RepositoryEvent.PolicyChanged> e, DayPack day)
        => In(day, new RepositoryFact(e.Sequence, e.Data.At, null, null, e.Data.Policy, Untracked: false));

    private static FailureFact Turn(IEvent e, string id, FailureTurn turn, DateTimeOffset at)
        => new(e.Sequence, at, id, turn, null, null, null);

    private static Oid[] Oids(IReadOnlyList<PatchId> patches) => [.. patches.Select(static p => (Oid)p)];

    /// <summary>The fold owns the document, so it is added to, not copied: a busy day has thousands of facts.</summary>
    private static DayPack In(DayPack day, Fact fact)
    {
        day.Add(fact);
        CrashPoint.Hit("metrics.fact.folded");
        return day;
    }

    private static DayPack In(DayPack day, BuildPhase phase)
    {
        day.Add(phase);
        return day;
    }
}
