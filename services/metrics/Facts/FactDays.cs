using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Packing;
using Auxo.Metrics.Repositories;

using JasperFx.Events.Projections;

using Marten.Events.Projections;

namespace Auxo.Metrics.Facts;

/// <summary>
/// Sorts what was recorded into days. The facts are kept, not numbers computed from them: so a definition, a zone or a policy
/// can change, and every past answer can be given again (docs/decisions/110).
/// </summary>
public sealed class FactDays : MultiStreamProjection<DayPack, string>
{
    /// <summary>How far it is: see <c>IDocumentStore.Advanced.ProjectionProgressFor</c>.</summary>
    public static readonly ShardName Shard = new(nameof(FactDays));

    /// <summary>Every event belongs to the day on which it happened.</summary>
    public FactDays()
    {
        Name = nameof(FactDays);
        Identity<IRecordedFact>(static e => DayPack.Key(e.Rid, e.At));
    }

    /// <summary>Adds the fact. The daemon owns the document, so it is added to, not copied: a busy day has thousands of facts.</summary>
    public override DayPack? Evolve(DayPack? snapshot, string id, IEvent e)
    {
        if (e.Data is not IRecordedFact recorded) return snapshot;
        var day = snapshot ?? new DayPack { Repository = recorded.Rid.Value };
        if (PhaseOf(e.Sequence, e.Data) is { } phase) day.Add(phase);
        else day.Add(FactOf(e.Sequence, e.Data));
        day.Position = e.Sequence;
        return day;
    }

    private static BuildPhase? PhaseOf(long seq, object e) => e switch
    {
        BuildEvent.Queued x => new BuildPhase(seq, x.At, x.BuildId, Started: false),
        BuildEvent.Started x => new BuildPhase(seq, x.At, x.BuildId, Started: true),
        _ => null,
    };

    private static Fact FactOf(long seq, object e) => e switch
    {
        ChangeEvent.Proposed x => new RevisionFact(seq, x.At, x.PatchId, x.Author, x.Title, x.FirstCommitAt),
        ChangeEvent.Merged x => new MergeFact(seq, x.At, x.PatchId, x.Commit, x.SeenAt),
        ChangeEvent.Archived x => new ArchiveFact(seq, x.At, x.PatchId),
        ChangeEvent.BranchAdvanced x => new BranchAdvancedFact(
            seq, x.At, x.Branch, x.Old, x.Commit, x.Title, Oids(x.Patches), x.SeenAt, Brought(x.Brought)),
        BuildEvent.Finished x => new BuildFact(
            seq, x.At, x.BuildId, x.Trigger, x.Ref, x.Commit, x.PatchId, x.Outcome,
            // Waiting for approval is neither work nor waiting for a runner: what came before it moves up to what came after it.
            x.QueuedAt + (x.Held ?? TimeSpan.Zero), x.StartedAt + (x.Held ?? TimeSpan.Zero), x.Failures),
        DeploymentEvent.Deployed x => new DeploymentFact(
            seq, x.At, x.DeploymentId, x.Environment, x.Commit, Oids(x.Patches), x.Succeeded, x.Kind, x.RolloutId, x.Remediates),
        FailureEvent.Detected x => new FailureFact(
            seq, x.At, x.FailureId, FailureTransition.Detected, x.DeploymentId, x.Title, x.StartedAt),
        FailureEvent.Recovered x => new FailureFact(seq, x.At, x.FailureId, FailureTransition.Recovered, null, null, null),
        FailureEvent.Reopened x => new FailureFact(seq, x.At, x.FailureId, FailureTransition.Reopened, null, null, null),
        FailureEvent.Dismissed x => new FailureFact(seq, x.At, x.FailureId, FailureTransition.Dismissed, null, null, null),
        RepositoryEvent.Tracked x => new RepositoryFact(seq, x.At, x.Name, x.DefaultBranch, Policy: null, Untracked: false),
        RepositoryEvent.Untracked x => new RepositoryFact(seq, x.At, null, null, null, Untracked: true),
        RepositoryEvent.PolicyChanged x => new RepositoryFact(seq, x.At, null, null, x.Policy, Untracked: false),
        _ => throw new NotSupportedException($"{e.GetType().Name} is no fact yet: say here how it is counted."),
    };

    private static BroughtFact? Brought(BroughtCommits? brought)
        => brought is null ? null : new BroughtFact(
            Oids(brought.Commits), brought.FirstAuthoredAt, brought.Gap,
            [.. brought.Reverts.Select(static r => new RevertFact(r.Commit, r.Title, r.AuthoredAt, Oids(r.Takes)))],
            Oids(brought.Dropped ?? []));

    private static Oid[] Oids(IReadOnlyList<PatchId> patches) => [.. patches.Select(static p => (Oid)p)];

    private static Oid[] Oids(IReadOnlyList<CommitId> commits) => [.. commits.Select(static c => (Oid)c)];
}
