using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Schedules.Scans;

namespace Auxo.Pipeline.Builds;

/// <summary>What can happen to one build. Stored in stream <c>build/{id}</c>; exactly one <see cref="Finished"/> ends it.</summary>
public abstract record BuildEvent
{
    private BuildEvent()
    {
    }

    /// <summary>The build is planned and waits for a runner.</summary>
    /// <param name="Subject">What is built and for whom.</param>
    /// <param name="Source">Where the objects are.</param>
    /// <param name="Attempt">From 1.</param>
    /// <param name="Trust">The author's.</param>
    /// <param name="Canonical">The canonical branch's head by which it was planned.</param>
    /// <param name="Plan">What it will do.</param>
    /// <param name="RequestedBy">Who asked by hand; null when a push did.</param>
    /// <param name="At">When.</param>
    /// <param name="Before">The head of the branch before the push; null for what is no push, and for the first one.</param>
    /// <param name="Owners">Who owns what a patch changes; null when nobody says, and in events from before it was looked up.</param>
    public sealed record Queued(
        BuildSubject Subject, RepositoryLocator Source, int Attempt, Trust Trust, CommitId? Canonical, Plan Plan,
        string? RequestedBy, DateTimeOffset At, CommitId? Before = null, ChangeOwners? Owners = null) : BuildEvent;

    /// <summary>A runner has begun it.</summary>
    /// <param name="Runner">Which.</param>
    /// <param name="Sandbox">What holds its steps in, such as <c>bubblewrap, limits: cgroup v2</c>.</param>
    /// <param name="At">When.</param>
    public sealed record Started(string Runner, string Sandbox, DateTimeOffset At) : BuildEvent;

    /// <summary>A step of the pipeline file has begun. After a crash it begins again.</summary>
    public sealed record StepStarted(string Step, DateTimeOffset At) : BuildEvent;

    /// <summary>The interim comment was sent: the patch says that it runs, and needs to hear how it ends.</summary>
    public sealed record Announced(DateTimeOffset At) : BuildEvent;

    /// <summary>A step or check has ended.</summary>
    public sealed record StepFinished(StepResult Result, DateTimeOffset At) : BuildEvent;

    /// <summary>What a check found.</summary>
    /// <param name="Tool">The check.</param>
    /// <param name="Blocking">How many block.</param>
    /// <param name="Warnings">How many new ones warn.</param>
    /// <param name="First">The first of them, new before known, worst first; all of them stand in the log.</param>
    /// <param name="Known">How many more stand in the default branch, and block nothing.</param>
    public sealed record FindingsReported(string Tool, int Blocking, int Warnings, IReadOnlyList<Finding> First, int Known = 0)
        : BuildEvent;

    /// <summary>What a patch takes out of the findings on record for the default branch.</summary>
    /// <param name="Tool">The check.</param>
    /// <param name="Count">How many.</param>
    /// <param name="First">The first of them, worst first.</param>
    public sealed record FixesFound(string Tool, int Count, IReadOnlyList<Finding> First) : BuildEvent;

    /// <summary>A file was kept.</summary>
    public sealed record ArtifactProduced(string Step, BuildArtifact Artifact) : BuildEvent;

    /// <summary>The reports of a step say how its tests ended.</summary>
    public sealed record TestsReported(StepTests Tests) : BuildEvent;

    /// <summary>The reports of a step say which lines ran.</summary>
    public sealed record CoverageReported(StepCoverage Coverage) : BuildEvent;

    /// <summary>What a scan found is compared with what was told before.</summary>
    public sealed record ScanCompared(ScanComparison Compared) : BuildEvent;

    /// <summary>The checks are done, and the steps wait for somebody with the right to approve this commit.</summary>
    public sealed record ApprovalRequested(CommitId Commit, DateTimeOffset At) : BuildEvent;

    /// <summary>Somebody approved this commit.</summary>
    public sealed record ApprovalGranted(string By, CommitId Commit, DateTimeOffset At) : BuildEvent;

    /// <summary>The end.</summary>
    /// <param name="Outcome">The verdict.</param>
    /// <param name="Reason">One line when the outcome does not speak for itself.</param>
    /// <param name="Unfinished">Results of the steps that had none.</param>
    /// <param name="By">Who ended it, when a person did.</param>
    /// <param name="At">When.</param>
    public sealed record Finished(Outcome Outcome, string? Reason, IReadOnlyList<StepResult> Unfinished, string? By, DateTimeOffset At)
        : BuildEvent;
}
