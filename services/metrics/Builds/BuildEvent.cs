using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Builds;

/// <summary>What happened to one build, as far as it is counted. Stored in stream <c>build/{buildId}</c>.</summary>
public abstract record BuildEvent
{
    private BuildEvent()
    {
    }

    /// <summary>It waits for a runner.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="BuildId">The build.</param>
    /// <param name="At">Since when.</param>
    public sealed record Queued(Rid Rid, Guid BuildId, DateTimeOffset At) : BuildEvent, IRecordedFact;

    /// <summary>Its first step began.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="BuildId">The build.</param>
    /// <param name="At">When.</param>
    public sealed record Started(Rid Rid, Guid BuildId, DateTimeOffset At) : BuildEvent, IRecordedFact;

    /// <summary>It has its verdict.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="BuildId">The build.</param>
    /// <param name="Trigger">Why it was built.</param>
    /// <param name="Ref">Short branch name; <c>patches/&lt;id&gt;</c> for a patch.</param>
    /// <param name="Commit">What was built.</param>
    /// <param name="PatchId">The patch; null for a branch.</param>
    /// <param name="Outcome">The verdict.</param>
    /// <param name="QueuedAt">When it was planned.</param>
    /// <param name="StartedAt">When its first step began; null when none did.</param>
    /// <param name="At">When it ended.</param>
    /// <param name="Failures">The steps that made it fail.</param>
    /// <param name="Held">How long it waited for approval; null when it did not, and from before it was said.</param>
    public sealed record Finished(
        Rid Rid, Guid BuildId, BuildTrigger Trigger, string Ref, CommitId Commit, PatchId? PatchId, Outcome Outcome,
        DateTimeOffset QueuedAt,
        DateTimeOffset? StartedAt, DateTimeOffset At, IReadOnlyList<FailedStep> Failures, TimeSpan? Held = null)
        : BuildEvent, IRecordedFact;
}

/// <summary>A step that made a build fail.</summary>
/// <param name="Step">Its name.</param>
/// <param name="Kind"><c>check</c> or <c>command</c>.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record FailedStep(string Step, string Kind, Outcome Outcome);
