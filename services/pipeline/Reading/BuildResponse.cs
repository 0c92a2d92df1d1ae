using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Reading;

/// <summary>A step as lists show it.</summary>
/// <param name="Step">Its name.</param>
/// <param name="Kind"><c>check</c> or <c>command</c>.</param>
/// <param name="State"><c>waiting</c>, <c>running</c> or <c>finished</c>.</param>
/// <param name="Outcome">Once finished.</param>
/// <param name="Blocks">False when its failure only warns.</param>
/// <param name="DurationSeconds">Wall time.</param>
/// <param name="ExitCode">Of a command.</param>
/// <param name="Summary">One line.</param>
/// <param name="StartedAt">When it began; null when it has not.</param>
public sealed record StepResponse(
    string Step, string Kind, string State, Outcome? Outcome, bool? Blocks, double? DurationSeconds, int? ExitCode, string? Summary,
    DateTimeOffset? StartedAt)
{
    /// <summary>The steps that end before it; null for a check, and in builds of earlier versions, whose steps follow each other.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>What is known of the cause of its failure and what to do, in one line; null when nothing is.</summary>
    public string? Hint { get; init; }

    /// <summary>What it took of the machine; null where nobody counted.</summary>
    public StepUsageResponse? Usage { get; init; }
}

/// <summary>What a step took of the machine, over all its tries; what the kernel did not tell is null.</summary>
/// <param name="ProcessorSeconds">Time of all its processes on all processors.</param>
/// <param name="PeakMemoryBytes">The most memory at one time.</param>
/// <param name="ReadBytes">Read from disks.</param>
/// <param name="WrittenBytes">Written to disks.</param>
public sealed record StepUsageResponse(double? ProcessorSeconds, long? PeakMemoryBytes, long? ReadBytes, long? WrittenBytes)
{
    internal static StepUsageResponse? Of(StepUsage? usage)
        => usage is null ? null : new(
            usage.Processor?.TotalSeconds, usage.PeakMemoryBytes, usage.ReadBytes, usage.WrittenBytes);
}

/// <summary>A build as lists show it.</summary>
public record BuildResponse(
    Guid Id, string ShortId, Rid Rid, string RepositoryName, BuildTrigger Trigger, PatchId? PatchId,
    RevisionId? RevisionId, string Ref, CommitId Commit, string Title, Did? Author,
    int Attempt, Trust Trust, BuildState State, Outcome? Outcome, string? Reason, DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    double? DurationSeconds, IReadOnlyList<StepResponse> Steps)
{
    /// <summary>How long it waited for approval, which is no part of <see cref="DurationSeconds"/>; null when it did not.</summary>
    public double? HeldSeconds { get; init; }

    /// <summary>The correlation id of the push, for <c>auxo trace</c>.</summary>
    public string? TraceId { get; init; }

    /// <summary>The name of the schedule that began it; null for every other build.</summary>
    public string? Schedule { get; init; }

    /// <summary>True for a scan, which makes some of the checks and runs no step: it does not say how its branch stands.</summary>
    public bool IsScan { get; init; }

    /// <summary>Takes what lists show.</summary>
    internal static BuildResponse Of(Build build)
        => new(
            build.BuildId, BuildId.Short(build.BuildId), build.Subject.Rid, build.Subject.RepositoryName, build.Subject.Trigger,
            build.Subject.PatchId, build.Subject.RevisionId,
            build.Subject.Ref, build.Subject.Commit, build.Subject.Title, build.Subject.Author, build.Attempt,
            build.Trust, build.State, build.Outcome, build.Reason,
            build.QueuedAt, build.StartedAt, build.FinishedAt, build.Took?.TotalSeconds,
            [.. build.Plan.StepNames().Select(name => StepOf(build, name))])
        {
            TraceId = build.TraceId, HeldSeconds = build.Held > TimeSpan.Zero ? build.Held.TotalSeconds : null,
            Schedule = build.Subject.Schedule, IsScan = build.Plan.Scan is not null,
        };

    private static StepResponse StepOf(Build build, string name)
    {
        var command = build.Plan.Steps.FirstOrDefault(step => step.Name == name);
        var kind = command is null ? "check" : "command";
        var startedAt = kind == "check" ? build.StartedAt : build.Begun.TryGetValue(name, out var at) ? at : (DateTimeOffset?)null;
        StepResponse step = build.Results.FirstOrDefault(result => result.Step == name) is { } result
            ? new(name, kind, "finished", result.Outcome, result.Blocks, result.Duration.TotalSeconds, result.ExitCode, result.Summary,
                startedAt) { Hint = result.Hint, Usage = StepUsageResponse.Of(result.Usage) }
            : new(name, kind, build.Running.Contains(name)
                || kind == "check" && build.State == BuildState.Running ? "running" : "waiting", null, null, null, null, null, startedAt);
        return step with { Needs = command?.Needs };
    }
}

/// <summary>
/// A build with all that is kept of it; its source is the folder, which people can look at, and for whoever is not signed in the id.
/// </summary>
public sealed record BuildDetails(
    BuildResponse Build, IReadOnlyList<Finding> Findings, IReadOnlyList<BuildArtifact> Artifacts, string Verdict,
    string? Sandbox, string? RequestedBy, string? ApprovedBy, string Source)
    : BuildResponse(Build)
{
    /// <summary>How many findings are new, in all; <see cref="Findings"/> are the first of them.</summary>
    public int NewFindings { get; init; }

    /// <summary>How many findings stand in the default branch, in all.</summary>
    public int KnownFindings { get; init; }

    /// <summary>How many findings on record for the default branch its patch takes out, in all.</summary>
    public int Fixes { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<Finding> FirstFixes { get; init; } = [];

    /// <summary>The pipeline file that counts; null where there is none, and in builds of earlier versions.</summary>
    public string? PipelineFile { get; init; }

    /// <summary>What the reports of its steps say of their tests.</summary>
    public IReadOnlyList<StepTests> Tests { get; init; } = [];

    /// <summary>What the reports of its steps say of their coverage.</summary>
    public IReadOnlyList<StepCoverage> Coverage { get; init; } = [];

    /// <summary>Not shown: its members stand beside the others.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public BuildResponse Build { get; init; } = Build;

    /// <summary>Takes everything.</summary>
    internal static BuildDetails Of(Build build, Links links, RepositoryFolders folders)
        => new(
            BuildResponse.Of(build), build.WorstFirst(), build.Artifacts, VerdictMarkdown.Render(build, links),
            build.Sandbox, build.RequestedBy, build.ApprovedBy, folders.FolderOf(build.Source))
        {
            NewFindings = build.NewFindings, KnownFindings = build.KnownFindings, Fixes = build.Fixes, FirstFixes = build.FirstFixes ?? [],
            PipelineFile = build.Plan.File,
            Tests = build.Tests, Coverage = build.Coverage,
        };
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; null at the end.</param>
public sealed record BuildPage(IReadOnlyList<BuildResponse> Items, string? Next);
