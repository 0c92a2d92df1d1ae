using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Local;

/// <summary>
/// Makes some of the built-in checks over a folder as it is now. The gate table of its pipeline file judges; nothing is known from
/// before, so all that stands there is shown.
/// </summary>
internal sealed class LocalScan(string place, TextWriter output)
{
    private const int MostNotes = 20;

    /// <summary>Looks and prints.</summary>
    /// <returns>0 when nothing blocks, 1 when something does, 2 when a check could not be made.</returns>
    public async Task<int> RunAsync(ScanRequest request, IConfiguration configuration, CancellationToken ct)
    {
        var folder = await WorkingTree.TakeFolderAsync(request.Folder, place, configuration["HOME"], ct);
        await using var objects = new GitObjects(folder.Repository);
        var plan = Plan.Decide(
            new BuildFacts(BuildTrigger.Manual, "", Trust.Trusted, Changed: null) { Today = LocalRequest.Today }, approved: true,
            await DefinitionFilesReader.ReadAsync(objects, folder.Commit, ct), canonical: null);
        if (plan.Problems is [var problem, ..])
            throw new LocalException($"{problem.Path}:{problem.Line ?? 1}:{problem.Column ?? 1}: {problem.Message}");

        var entries = await GitTree.ListAsync(objects.Repository, folder.Commit.Value, ct);
        var below = Path.GetRelativePath(folder.Top, request.Folder) is var inner and not "." ? inner + "/" : "";
        await using var tree = new SourceTree(
            objects, folder.Commit, [.. entries.Where(entry => entry.Name.StartsWith(below, StringComparison.Ordinal))], place);
        var cache = new VerdictCache { Advisories = LocalAdvisories.From(configuration, place) };
        var looked = await CheckBatch.LookAsync(tree, plan.Settings, request.Checks, cache, TimeProvider.System, ct);
        var marked = AcceptedFindings.Mark(looked, plan.Accepted ?? [], LocalRequest.Today);
        return await SayAsync(folder.Top, marked, plan.Settings, request.Json, output);
    }

    /// <summary>Judges what was seen, and prints it.</summary>
    /// <inheritdoc cref="RunAsync"/>
    internal static async Task<int> SayAsync(
        string top, IReadOnlyList<CheckRun> looked, CheckSettings settings, bool json, TextWriter output)
    {
        var runs = looked.Select(run => CheckBatch.Judge(run.Check, run.Report, settings, run.Duration)).ToList();
        var scan = new ScanAnswer(
            top, [.. runs.Select(static run => ScanCheck.Of(run.Step))], [.. runs.SelectMany(static run => run.Findings)]);
        await output.WriteAsync(json ? JsonSerializer.Serialize(scan, ScanJson.Default.ScanAnswer) + "\n" : Words(scan, looked, runs));
        return scan.Findings.Any(static finding => finding.Blocks) ? 1
            : scan.Checks.Any(static check => check.Outcome is not (Outcome.Passed or Outcome.Failed)) ? 2 : 0;
    }

    private static string Words(ScanAnswer scan, IReadOnlyList<CheckRun> looked, IReadOnlyList<CheckResult> runs)
    {
        var text = new StringBuilder();
        foreach (var file in scan.Findings.GroupBy(static finding => finding.Path ?? ""))
        {
            text.Append(file.Key.Length == 0 ? "(everything)" : PlainText.OneLine(file.Key)).Append('\n');
            foreach (var finding in file.OrderBy(static finding => finding.Line))
                text.Append(finding.Blocks ? "  ✗ " : "  ! ").Append(CultureInfo.InvariantCulture, $"{finding.Line,5}").Append("  ")
                    .Append(finding.Message).Append(" [").Append(finding.Check).Append('.').Append(finding.Rule).Append("]\n");
        }

        if (scan.Findings.Count > 0) text.Append('\n');
        foreach (var (look, run) in looked.Zip(runs))
        {
            text.Append(LocalWords.Of(run.Step)).Append('\n');
            foreach (var note in look.Report.Notes.Take(MostNotes)) text.Append("  ").Append(note).Append('\n');
            if (look.Report.Notes.Count > MostNotes)
                text.Append(CultureInfo.InvariantCulture, $"  and {look.Report.Notes.Count - MostNotes} more notes\n");
        }

        return text.ToString();
    }
}

/// <summary>What a scan found.</summary>
/// <param name="Folder">The top of what was looked at: paths are seen from there.</param>
/// <param name="Checks">What was made, and how it ended.</param>
/// <param name="Findings">All that the gate table lets through.</param>
internal sealed record ScanAnswer(string Folder, IReadOnlyList<ScanCheck> Checks, IReadOnlyList<Finding> Findings);

/// <summary>One check of a scan, with the members of a build's step.</summary>
internal sealed record ScanCheck(string Step, Outcome Outcome, bool Blocks, double DurationSeconds, string Summary)
{
    /// <summary>Of a step.</summary>
    public static ScanCheck Of(StepResult step)
        => new(step.Step, step.Outcome, step.Blocks, step.Duration.TotalSeconds, step.Summary);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LowerCase<Outcome>), typeof(LowerCase<Severity>)])]
[JsonSerializable(typeof(ScanAnswer))]
internal sealed partial class ScanJson : JsonSerializerContext;

/// <summary>As all answers write them.</summary>
internal sealed class LowerCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
