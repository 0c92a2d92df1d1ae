using Auxo.Metrics.Builds;
using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Facts;

/// <summary>Something that happened, as it is counted.</summary>
/// <param name="Seq">The position at which Auxo learned it; never used for order, since messages come in any.</param>
/// <param name="At">When it happened.</param>
public abstract record Fact(long Seq, DateTimeOffset At);

/// <summary>A revision of a patch was pushed.</summary>
public sealed record RevisionFact(long Seq, DateTimeOffset At, Oid Patch, Did Author, string Title, DateTimeOffset FirstCommitAt)
    : Fact(Seq, At);

/// <summary>A patch was merged.</summary>
public sealed record MergeFact(long Seq, DateTimeOffset At, Oid Patch, Oid Commit, DateTimeOffset SeenAt) : Fact(Seq, At);

/// <summary>A patch was closed.</summary>
public sealed record ArchiveFact(long Seq, DateTimeOffset At, Oid Patch) : Fact(Seq, At);

/// <summary>The default branch has a new head.</summary>
public sealed record BranchAdvancedFact(
    long Seq, DateTimeOffset At, string Branch, Oid? Old, Oid Commit, string Title, IReadOnlyList<Oid> Patches, DateTimeOffset SeenAt,
    BroughtFact? Brought = null) : Fact(Seq, At)
{
    /// <summary>All that came with the head, children before parents; itself where no more is known.</summary>
    public IReadOnlyList<Oid> Commits => Brought is { Commits.Count: > 0 } brought ? brought.Commits : [Commit];
}

/// <summary>The commits that came with a head, see <see cref="BroughtCommits"/>.</summary>
public sealed record BroughtFact(
    IReadOnlyList<Oid> Commits, DateTimeOffset? FirstAuthoredAt, BroughtGap? Gap, IReadOnlyList<RevertFact> Reverts,
    IReadOnlyList<Oid> Dropped);

/// <summary>A commit that takes others back.</summary>
public sealed record RevertFact(Oid Commit, string Title, DateTimeOffset AuthoredAt, IReadOnlyList<Oid> Takes);

/// <summary>
/// A build waits, or has begun. There are more of these than of all others, and few matter: only those of builds that have not
/// ended.
/// </summary>
public readonly record struct BuildPhase(long Seq, DateTimeOffset At, Guid Build, bool Started);

/// <summary>A build ended. <paramref name="Ref"/> is a branch; of a patch only <c>patches</c>.</summary>
public sealed record BuildFact(
    long Seq, DateTimeOffset At, Guid Build, BuildTrigger Trigger, string Ref, Oid Commit, Oid? Patch, Outcome Outcome,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt, IReadOnlyList<FailedStep> Failures) : Fact(Seq, At)
{
    /// <summary>
    /// From its first step to its end, without waiting for approval; null when none began. Never negative, whatever the clocks say.
    /// </summary>
    public TimeSpan? Duration => StartedAt is not { } began ? null : At > began ? At - began : TimeSpan.Zero;

    /// <summary>How long it waited; null when it never began.</summary>
    public TimeSpan? Wait => StartedAt is not { } began ? null : began > QueuedAt ? began - QueuedAt : TimeSpan.Zero;

    /// <summary>True for a verdict about the commit; what was stopped, or what Auxo could not do, is none.</summary>
    public bool Counts => IsVerdict(Outcome);

    internal static bool IsVerdict(Outcome outcome) => outcome is Outcome.Passed or Outcome.Failed or Outcome.TimedOut;
}

/// <summary>A deployment was reported.</summary>
public sealed record DeploymentFact(
    long Seq, DateTimeOffset At, string Id, string Environment, Oid Commit, IReadOnlyList<Oid> Patches, bool Succeeded,
    DeploymentKind Kind, string? Rollout,
    string? Remediates) : Fact(Seq, At);

/// <summary>What a failure did; in the order in which two of the same instant are taken.</summary>
public enum FailureTransition
{
    /// <summary>It was noticed.</summary>
    Detected,

    /// <summary>It is back.</summary>
    Reopened,

    /// <summary>It is over.</summary>
    Recovered,

    /// <summary>It was none.</summary>
    Dismissed,
}

/// <summary>Something was reported of a failure.</summary>
public sealed record FailureFact(
    long Seq, DateTimeOffset At, string Id, FailureTransition Transition, string? Deployment, string? Title,
    DateTimeOffset? StartedAt) : Fact(Seq, At);

/// <summary>Something became known of the repository itself; what it leaves null it does not say.</summary>
public sealed record RepositoryFact(long Seq, DateTimeOffset At, string? Name, string? DefaultBranch,
    CountingPolicy? Policy, bool Untracked) : Fact(Seq, At);
