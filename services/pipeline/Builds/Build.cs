using System.Collections.Frozen;

using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Schedules.Scans;

using JasperFx.Events;

using Marten.Schema;

namespace Auxo.Pipeline.Builds;

/// <summary>Where a build stands.</summary>
public enum BuildState
{
    /// <summary>Waits for a runner.</summary>
    Queued,

    /// <summary>A runner works on it.</summary>
    Running,

    /// <summary>The checks are done; its steps wait for approval.</summary>
    AwaitingApproval,

    /// <summary>It has its verdict; nothing changes it any more.</summary>
    Finished,
}

/// <summary>A build, folded from its events; kept as a document in the same transaction, so lists need no fold.</summary>
public sealed record Build(
    BuildSubject Subject, RepositoryLocator Source, int Attempt, Trust Trust, CommitId? Canonical, Plan Plan, string? RequestedBy,
    DateTimeOffset QueuedAt)
{
    /// <summary>Findings beyond these are in the logs.</summary>
    public const int MaxFindings = 100;

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The number of its last event that is in the store.</summary>
    [Version]
    public long Version { get; init; }

    /// <summary>Its id.</summary>
    public Guid BuildId => Subject.BuildId;

    /// <summary>The correlation id of the push, or of whoever asked by hand; null for a build from before it was kept.</summary>
    public string? TraceId { get; init; }

    /// <summary>The head of the branch before its push; null for what is no push, and for the first one.</summary>
    public CommitId? Before { get; init; }

    /// <summary>Who owns what its patch changes; null when nobody says.</summary>
    public ChangeOwners? Owners { get; init; }

    /// <summary>The commit whose files are built: its own, or that one joined with what its patch needs.</summary>
    public CommitId BuiltCommit => Plan.Joined?.Commit ?? Subject.Commit;

    /// <summary>Its commits are those that this one has not: of a patch the canonical head, of a push the head before.</summary>
    public CommitId? Since => Subject.PatchId is null ? Before : Canonical;

    /// <summary>Where it stands.</summary>
    public BuildState State { get; init; }

    /// <summary>When a runner began it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Since when it waits for approval; null when it does not.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>How long it has waited for approval, until a runner took it again.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>How long the work took, without waiting for approval; null until it is finished, or when it never began.</summary>
    public TimeSpan? Took => FinishedAt - StartedAt - Held;

    /// <summary>What holds its steps in.</summary>
    public string? Sandbox { get; init; }

    /// <summary>When its own steps began; after a crash, when they began again. A check begins with the build.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Begun { get; init; } = FrozenDictionary<string, DateTimeOffset>.Empty;

    /// <summary>The steps that have begun and not ended.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>What has ended, in the order of the ends.</summary>
    public IReadOnlyList<StepResult> Results { get; init; } = [];

    /// <summary>The first findings.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>How many findings are new, in all.</summary>
    public int NewFindings { get; init; }

    /// <summary>How many findings stand in the default branch, in all.</summary>
    public int KnownFindings { get; init; }

    /// <summary>How many findings on record for the default branch its patch takes out, in all.</summary>
    public int Fixes { get; init; }

    /// <summary>The first of them; null for none.</summary>
    public IReadOnlyList<Finding>? FirstFixes { get; init; }

    /// <summary>What it kept.</summary>
    public IReadOnlyList<BuildArtifact> Artifacts { get; init; } = [];

    /// <summary>What the reports of its steps say of their tests.</summary>
    public IReadOnlyList<StepTests> Tests { get; init; } = [];

    /// <summary>What the reports of its steps say of their coverage.</summary>
    public IReadOnlyList<StepCoverage> Coverage { get; init; } = [];

    /// <summary>Of a scan, what of its findings is new; null until its checks are done, and of every other build.</summary>
    public ScanComparison? Compared { get; init; }

    /// <summary>True when its patch has an interim comment, which would stay if nothing replaced it.</summary>
    public bool HasInterimComment { get; init; }

    /// <summary>Who approved it.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>The verdict; null until it is finished.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>One line, when the outcome does not speak for itself.</summary>
    public string? Reason { get; init; }

    /// <summary>True when its steps may not run yet.</summary>
    public bool StepsHeld => Plan.NeedsApproval && ApprovedBy is null;

    /// <summary>True when it has steps without a result that may run now.</summary>
    public bool HasStepsLeft()
    {
        if (StepsHeld || State == BuildState.Finished) return false;
        var done = Results.Select(static result => result.Step).ToHashSet(StringComparer.Ordinal);
        return Plan.Steps.Any(step => step.LeftOut is null && !done.Contains(step.Name));
    }

    /// <summary>The stream of a build.</summary>
    public static string StreamKey(Guid buildId) => $"build/{buildId}";

    /// <summary>The steps without a result, in the order of the plan.</summary>
    public IReadOnlyList<string> Remaining()
    {
        var done = Results.Select(result => result.Step).ToHashSet(StringComparer.Ordinal);
        return [.. Plan.StepNames().Where(step => !done.Contains(step))];
    }

    /// <summary>The results in the order of the plan.</summary>
    public IReadOnlyList<StepResult> InOrder()
    {
        var order = Plan.StepNames();
        return [.. order.SelectMany(step => Results.Where(result => result.Step == step))];
    }

    /// <summary>The first findings: what blocks, what else is new, what is known.</summary>
    public IReadOnlyList<Finding> WorstFirst()
        => [.. Findings.OrderByDescending(static finding => finding.Blocks).ThenBy(static finding => finding.Known)];

    /// <summary>The first event.</summary>
    public static Build Create(IEvent<BuildEvent.Queued> e) => Of(e.Data) with { TraceId = e.CorrelationId };

    /// <summary>A build that is just being planned.</summary>
    public static Build Of(BuildEvent.Queued e)
        => new(e.Subject, e.Source, e.Attempt, e.Trust, e.Canonical, e.Plan, e.RequestedBy, e.At)
        {
            Before = e.Before, Owners = e.Owners,
        };

    /// <summary>One more event; after the end nothing changes.</summary>
    public Build Apply(BuildEvent.Started e)
        => Unless(Released(e.At) with { State = BuildState.Running, StartedAt = StartedAt ?? e.At, Sandbox = e.Sandbox });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.StepStarted e)
        => Unless(this with
        {
            Running = [.. Running.Where(step => step != e.Step), e.Step],
            Begun = new Dictionary<string, DateTimeOffset>(Begun, StringComparer.Ordinal) { [e.Step] = e.At },
        });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.Announced e) => Unless(this with { HasInterimComment = true });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.StepFinished e)
        => Unless(Results.Any(result => result.Step == e.Result.Step)
            ? this
            : this with { Results = [.. Results, e.Result], Running = [.. Running.Where(step => step != e.Result.Step)] });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.FindingsReported e)
        => Unless(this with
        {
            Findings = [.. Findings.Concat(e.First).Take(MaxFindings)],
            NewFindings = NewFindings + e.Blocking + e.Warnings, KnownFindings = KnownFindings + e.Known,
        });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.FixesFound e)
        => Unless(this with { Fixes = Fixes + e.Count, FirstFixes = [.. (FirstFixes ?? []).Concat(e.First).Take(MaxFindings)] });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.ArtifactProduced e)
        => Unless(this with { Artifacts = [.. Artifacts.Where(kept => kept.Name != e.Artifact.Name), e.Artifact] });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.TestsReported e)
        => Unless(this with { Tests = [.. Tests.Where(tests => tests.Step != e.Tests.Step), e.Tests] });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.CoverageReported e)
        => Unless(this with { Coverage = [.. Coverage.Where(coverage => coverage.Step != e.Coverage.Step), e.Coverage] });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.ScanCompared e) => Unless(this with { Compared = e.Compared });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.ApprovalRequested e)
        => Unless(this with { State = BuildState.AwaitingApproval, HasInterimComment = true, HeldSince = e.At });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.ApprovalGranted e)
        => Unless(this with { State = State == BuildState.AwaitingApproval ? BuildState.Queued : State, ApprovedBy = e.By });

    /// <inheritdoc cref="Apply(BuildEvent.Started)"/>
    public Build Apply(BuildEvent.Finished e)
        => Unless(Released(e.At) with { State = BuildState.Finished, Outcome = e.Outcome, Reason = e.Reason, FinishedAt = e.At,
            Running = [], Results = [.. Results, .. e.Unfinished] });

    /// <summary>It waits no longer.</summary>
    private Build Released(DateTimeOffset at)
        => HeldSince is { } since ? this with { HeldSince = null, Held = Held + (at > since ? at - since : TimeSpan.Zero) } : this;

    /// <summary>The build after events that were just decided.</summary>
    public Build After(IEnumerable<object> events) => events.Aggregate(this, static (build, e) => e switch
    {
        BuildEvent.Started started => build.Apply(started),
        BuildEvent.StepStarted started => build.Apply(started),
        BuildEvent.Announced announced => build.Apply(announced),
        BuildEvent.StepFinished finished => build.Apply(finished),
        BuildEvent.FindingsReported reported => build.Apply(reported),
        BuildEvent.FixesFound found => build.Apply(found),
        BuildEvent.ArtifactProduced produced => build.Apply(produced),
        BuildEvent.TestsReported reported => build.Apply(reported),
        BuildEvent.CoverageReported reported => build.Apply(reported),
        BuildEvent.ScanCompared compared => build.Apply(compared),
        BuildEvent.ApprovalRequested requested => build.Apply(requested),
        BuildEvent.ApprovalGranted granted => build.Apply(granted),
        BuildEvent.Finished finished => build.Apply(finished),
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} follows no event of a build."),
    });

    private Build Unless(Build changed) => State == BuildState.Finished ? this : changed;
}
