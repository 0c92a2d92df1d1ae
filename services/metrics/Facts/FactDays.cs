using Auxo.EventStore.Projections;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Facts;

/// <summary>
/// Sorts what was recorded into days. The facts are kept, not numbers computed from them: so a definition, a zone or a policy can change, and every past
/// answer can be given again (docs/decisions/110).
/// </summary>
public sealed class FactDays : MultiStreamProjection<FactDay, string>
{
    /// <summary>Which day each event belongs to.</summary>
    public FactDays()
    {
        Identity<ChangeEvent.Proposed>(static e => FactDay.Key(e.Rid, e.At));
        Identity<ChangeEvent.Merged>(static e => FactDay.Key(e.Rid, e.At));
        Identity<ChangeEvent.Archived>(static e => FactDay.Key(e.Rid, e.At));
        Identity<ChangeEvent.Landed>(static e => FactDay.Key(e.Rid, e.At));
        Identity<BuildEvent.Queued>(static e => FactDay.Key(e.Rid, e.At));
        Identity<BuildEvent.Started>(static e => FactDay.Key(e.Rid, e.At));
        Identity<BuildEvent.Finished>(static e => FactDay.Key(e.Rid, e.At));
        Identity<DeploymentEvent.Deployed>(static e => FactDay.Key(e.Rid, e.At));
        Identity<FailureEvent.Detected>(static e => FactDay.Key(e.Rid, e.At));
        Identity<FailureEvent.Recovered>(static e => FactDay.Key(e.Rid, e.At));
        Identity<FailureEvent.Reopened>(static e => FactDay.Key(e.Rid, e.At));
        Identity<FailureEvent.Dismissed>(static e => FactDay.Key(e.Rid, e.At));
        Identity<RepositoryEvent.Tracked>(static e => FactDay.Key(e.Rid, e.At));
        Identity<RepositoryEvent.Untracked>(static e => FactDay.Key(e.Rid, e.At));
        Identity<RepositoryEvent.PolicyChanged>(static e => FactDay.Key(e.Rid, e.At));
    }

    /// <summary>Adds the fact.</summary>
    public FactDay Apply(IEvent<ChangeEvent.Proposed> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Revisions.Add(new(e.Sequence, e.Data.At, e.Data.PatchId, e.Data.Author, e.Data.Title, e.Data.FirstCommitAt)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<ChangeEvent.Merged> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Merges.Add(new(e.Sequence, e.Data.At, e.Data.PatchId, e.Data.Commit, e.Data.SeenAt)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<ChangeEvent.Archived> e, FactDay day) => In(day, e.Data.Rid, d => d.Archives.Add(new(e.Sequence, e.Data.At, e.Data.PatchId)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<ChangeEvent.Landed> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Landings.Add(new(
            e.Sequence, e.Data.At, e.Data.Branch, e.Data.Old, e.Data.Commit, e.Data.Title, e.Data.Patches, e.Data.SeenAt)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<BuildEvent.Queued> e, FactDay day) => In(day, e.Data.Rid, d => d.Phases.Add(new(e.Sequence, e.Data.At, e.Data.BuildId, Started: false)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<BuildEvent.Started> e, FactDay day) => In(day, e.Data.Rid, d => d.Phases.Add(new(e.Sequence, e.Data.At, e.Data.BuildId, Started: true)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<BuildEvent.Finished> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Builds.Add(new(
            e.Sequence, e.Data.At, e.Data.BuildId, e.Data.Trigger, e.Data.Ref, e.Data.Commit, e.Data.PatchId, e.Data.Outcome, e.Data.QueuedAt, e.Data.StartedAt, e.Data.Failures)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<DeploymentEvent.Deployed> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Deployments.Add(new(
            e.Sequence, e.Data.At, e.Data.DeploymentId, e.Data.Environment, e.Data.Commit, e.Data.Patches, e.Data.Succeeded, e.Data.Kind, e.Data.RolloutId, e.Data.Remediates)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<FailureEvent.Detected> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Failures.Add(new(e.Sequence, e.Data.At, e.Data.FailureId, FailureTurn.Detected, e.Data.DeploymentId, e.Data.Title, e.Data.StartedAt)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<FailureEvent.Recovered> e, FactDay day) => In(day, e.Data.Rid, d => d.Failures.Add(Turn(e, e.Data.FailureId, FailureTurn.Recovered, e.Data.At)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<FailureEvent.Reopened> e, FactDay day) => In(day, e.Data.Rid, d => d.Failures.Add(Turn(e, e.Data.FailureId, FailureTurn.Reopened, e.Data.At)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<FailureEvent.Dismissed> e, FactDay day) => In(day, e.Data.Rid, d => d.Failures.Add(Turn(e, e.Data.FailureId, FailureTurn.Dismissed, e.Data.At)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<RepositoryEvent.Tracked> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Repository.Add(new(e.Sequence, e.Data.At, e.Data.Name, e.Data.DefaultBranch, Policy: null, Untracked: false)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<RepositoryEvent.Untracked> e, FactDay day) => In(day, e.Data.Rid, d => d.Repository.Add(new(e.Sequence, e.Data.At, null, null, null, Untracked: true)));

    /// <inheritdoc cref="Apply(IEvent{ChangeEvent.Proposed}, FactDay)"/>
    public FactDay Apply(IEvent<RepositoryEvent.PolicyChanged> e, FactDay day)
        => In(day, e.Data.Rid, d => d.Repository.Add(new(e.Sequence, e.Data.At, null, null, e.Data.Policy, Untracked: false)));

    private static FailureFact Turn(IEvent e, string id, FailureTurn turn, DateTimeOffset at) => new(e.Sequence, at, id, turn, null, null, null);

    /// <summary>The fold owns the document, so it is added to, not copied: a busy day has thousands of facts.</summary>
    private static FactDay In(FactDay day, Rid rid, Action<FactDay> add)
    {
        day.Rid ??= rid.Value;
        add(day);
        CrashPoint.Hit("metrics.fact.folded");
        return day;
    }
}
