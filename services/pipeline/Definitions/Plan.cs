using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Definitions;

/// <summary>The two pipeline files of one commit, as texts; null where there is none.</summary>
/// <param name="Auxo"><see cref="PipelineFile.Path"/>.</param>
/// <param name="Old"><see cref="PipelineFile.OldPath"/>.</param>
public sealed record DefinitionFiles(string? Auxo, string? Old)
{
    /// <summary>A commit without any.</summary>
    public static readonly DefinitionFiles None = new(null, null);

    /// <summary>Where the one that counts lies; null where there is none.</summary>
    public string? Name => Auxo is not null ? PipelineFile.Path : Old is not null ? PipelineFile.OldPath : null;

    /// <summary>
    /// True when a step may be meant for some paths only: what has changed is asked of git then, and not for every build.
    /// </summary>
    public bool MayAskForPaths
        => Auxo?.Contains("paths", StringComparison.Ordinal) == true
            || Included?.Values.Any(static file => file.Text is { } text && text.Contains("paths", StringComparison.Ordinal)) is true;

    /// <summary>The rule files of <c>sast</c>.</summary>
    public IReadOnlyList<RuleFile> Rules { get; init; } = [];

    /// <summary><see cref="Suppression.Path"/>, beside them; null where there is none.</summary>
    public string? Suppressions { get; init; }

    /// <summary><see cref="QuarantinedTest.Path"/>, beside them; null where there is none.</summary>
    public string? Quarantine { get; init; }

    /// <summary>
    /// What <see cref="Auxo"/> includes; null where nobody has looked, as for the file of a stranger, whose steps do not run.
    /// </summary>
    public IReadOnlyDictionary<PipelineInclude, IncludedFile>? Included { get; init; }

    /// <summary>What may be taken for one of them, and is not read.</summary>
    public IReadOnlyList<PassedOverFile> PassedOver { get; init; } = [];
}

/// <summary>What a build will do, decided once before it is queued and kept with it.</summary>
/// <param name="Checks">The built-in checks to run.</param>
/// <param name="Settings">Their gate table.</param>
/// <param name="Steps">The commands to run, in order.</param>
/// <param name="NeedsApproval">True when the steps wait until a delegate approves this exact commit.</param>
/// <param name="Problems">What is wrong with the pipeline file; the build fails by it.</param>
/// <param name="Notes">What the reader of the build should know, such as whose pipeline file was used.</param>
/// <param name="File">The pipeline file that counts; null where there is none, and in builds of earlier versions.</param>
public sealed record Plan(
    IReadOnlyList<string> Checks, CheckSettings Settings, IReadOnlyList<CommandStep> Steps, bool NeedsApproval,
    IReadOnlyList<DefinitionProblem> Problems,
    IReadOnlyList<string> Notes, string? File = null)
{
    /// <summary>With which builds it does not run at once; null for the usual, and in builds of earlier versions.</summary>
    public BuildConcurrency? Concurrency { get; init; }

    /// <summary>What of the checks' findings is accepted; null for nothing, and in builds of earlier versions.</summary>
    public IReadOnlyList<Suppression>? Accepted { get; init; }

    /// <summary>The tests that may fail for a while; null for none, and in builds of earlier versions.</summary>
    public IReadOnlyList<QuarantinedTest>? Quarantined { get; init; }

    /// <summary>The files whose steps it includes; null for none, and in builds of earlier versions.</summary>
    public IReadOnlyList<IncludedText>? Included { get; init; }

    /// <summary>The labels that a machine must have to run the steps; null for any machine, and in builds of earlier versions.</summary>
    public IReadOnlyList<string>? Runner { get; init; }

    /// <summary>The name of the scan that it is; null for every other build.</summary>
    public string? Scan { get; init; }

    /// <summary>What the patch needs, as it was told; null for nothing, and in builds of earlier versions.</summary>
    public IReadOnlyList<NeededPatch>? Linked { get; init; }

    /// <summary>What is built instead of the patch's own commit; null for that commit alone, and in builds of earlier versions.</summary>
    public JoinedCommit? Joined { get; init; }

    /// <summary>The step name under which problems of the pipeline file are reported.</summary>
    public const string FileStep = "pipeline-file";

    /// <summary>All step names in the order of the verdict.</summary>
    public IReadOnlyList<string> StepNames()
        => [.. Problems.Count > 0 ? [FileStep] : Array.Empty<string>(), .. Checks, .. Steps.Select(step => step.Name)];

    /// <summary>
    /// Decides from the files and the author's trust. A trusted author's own file counts. A stranger's never does: the
    /// canonical branch's is used, and its steps wait for approval; yet a broken file is reported, since it would break the branch
    /// when it is merged.
    /// </summary>
    /// <param name="facts">The author's trust, and what else the conditions of steps may ask.</param>
    /// <param name="approved">True when somebody with the right has approved this exact commit.</param>
    /// <param name="head">The files of the commit.</param>
    /// <param name="canonical">The files of the canonical branch; null when it has no commit.</param>
    public static Plan Decide(BuildFacts facts, bool approved, DefinitionFiles head, DefinitionFiles? canonical)
    {
        var own = Read(head, facts.Today);
        if (facts.Trust == Trust.Trusted) return Make(head, own, needsApproval: false, facts);

        var theirs = canonical is null ? Reading.None : Read(canonical, facts.Today);
        var notes = theirs.Definition.Notes.ToList();
        var same = (canonical?.Auxo, canonical?.Old) == (head.Auxo, head.Old);
        if (!same && (head.Auxo is not null || head.Old is not null || theirs.Definition.File.Steps.Count > 0))
            notes.Add(
                "the author is not a delegate and not trusted: the pipeline file of the canonical branch was used, not this commit's");
        foreach (var path in DifferentFiles(canonical, head))
            notes.Add($"the author is not a delegate and not trusted: {path} of the canonical branch was used, not this commit's");
        var (problems, mine) = (theirs.Definition.Problems, own.Definition.Problems);
        var definition = theirs.Definition with { Problems = [.. problems, .. mine.Except(problems)], Notes = notes };
        return Make(canonical ?? DefinitionFiles.None, theirs with { Definition = definition }, !approved, facts);
    }

    private static IEnumerable<string> DifferentFiles(DefinitionFiles? canonical, DefinitionFiles head)
    {
        if (canonical?.Suppressions != head.Suppressions) yield return Suppression.Path;
        if (canonical?.Quarantine != head.Quarantine) yield return QuarantinedTest.Path;
    }

    private static Plan Make(DefinitionFiles files, Reading reading, bool needsApproval, BuildFacts facts)
    {
        var (file, problems, notes) = reading.Definition;
        var steps = problems.Count > 0
            ? []
            : file.Steps.Select(step => step with
            {
                LeftOut = StepCondition.Unmet(step.IncludedIf ?? [], facts) ?? StepCondition.Unmet(step.If, facts),
            }).ToList();
        // With a broken file nobody knows what its author wanted: the checks run with their defaults, the steps do not.
        var settings = problems.Count > 0 ? CheckSettings.Default : file.Checks with { Rules = files.Rules };
        if (facts.Trigger == BuildTrigger.Schedule && Schedules.Scans.Scan.Find(facts.Schedule) is { } scan)
            return OfScan(scan, settings, reading, files);
        return new Plan(
            [.. CheckBatch.Chosen(settings).Select(check => check.Name)], settings, steps,
            needsApproval && steps.Exists(static step => step.LeftOut is null), problems, notes, files.Name)
        {
            Concurrency = problems.Count == 0 && file.Concurrency?.IsFor(facts) == true ? file.Concurrency : null,
            Runner = problems.Count == 0 && file.Runner.Count > 0 ? file.Runner : null,
            Accepted = problems.Count == 0 && reading.Accepted.Count > 0 ? reading.Accepted : null,
            Quarantined = problems.Count == 0 && reading.Quarantined.Count > 0 ? reading.Quarantined : null,
            Included = problems.Count == 0 && files.Included is { Count: > 0 } included
                ? [.. included.Select(static pair => new IncludedText(pair.Key.ToString(), pair.Value.Text!))] : null,
        };
    }

    /// <summary>
    /// What is wrong with a pipeline file was said by the build that brought it, and what somebody has accepted is accepted all the same.
    /// </summary>
    private static Plan OfScan(Scan scan, CheckSettings settings, Reading reading, DefinitionFiles files)
        => new(
            [.. CheckBatch.Chosen(settings).Select(static check => check.Name).Where(scan.Checks.Contains)], settings, [],
            NeedsApproval: false, [], reading.Definition.Notes, files.Name)
        {
            Scan = scan.Name, Accepted = reading.Accepted.Count > 0 ? reading.Accepted : null,
        };

    private static Reading Read(DefinitionFiles files, DateOnly today)
    {
        var reading = ReadTexts(files);
        var (accepted, problems) = files.Suppressions is { } text ? SuppressionsReader.Read(text, today) : ([], []);
        var (quarantined, more) = files.Quarantine is { } list ? QuarantineReader.Read(list, today) : ([], []);
        return new Reading(
            reading with
            {
                Problems = [.. files.PassedOver.Where(file => file.IsProblem)
                    .Select(file => new DefinitionProblem(file.Path, null, null, file.Why)), .. reading.Problems, .. problems, .. more],
                Notes = [.. files.PassedOver.Where(file => !file.IsProblem).Select(file => PlainText.OneLine(file.Why)), .. reading.Notes],
            },
            accepted, quarantined);
    }

    private static DefinitionReading ReadTexts(DefinitionFiles files)
        => files switch
        {
            { Auxo: not null, Old: not null }
                => new(PipelineFile.None,
                    [new(PipelineFile.Path, null, null, $"both {PipelineFile.Path} and {PipelineFile.OldPath} are here; remove one")], []),
            { Auxo: { } text } => PipelineFileReader.Read(text, files.Included),
            { Old: { } text } => OldPipelineFileReader.Read(text),
            _ => new(PipelineFile.None, [], []),
        };

    /// <summary>What the files of one commit say.</summary>
    private sealed record Reading(
        DefinitionReading Definition, IReadOnlyList<Suppression> Accepted, IReadOnlyList<QuarantinedTest> Quarantined)
    {
        public static readonly Reading None = new(new DefinitionReading(PipelineFile.None, [], []), [], []);
    }
}
