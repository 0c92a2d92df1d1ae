using System.Text;

using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// One built-in check. To add one: write its file, add it to <see cref="CheckBatch.All"/>, its row to
/// <see cref="CheckSettings.DefaultGates"/> and the same row to <c>docs/pipeline-file.md</c>; tests say which of them is missing.
/// </summary>
/// <param name="Name">Its step name, the key of the gate table.</param>
/// <param name="RunAsync">Looks at the tree and says what it saw; the gate table is applied afterwards.</param>
public sealed record BuiltInCheck(
    string Name, Func<SourceTree, CheckSettings, VerdictCache, CancellationToken, Task<CheckReport>> RunAsync)
{
    /// <summary>The programs that it asks: another version of one may find something else.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];
}

/// <summary>Runs the built-in checks of one commit side by side and judges what they saw by the gate table.</summary>
public static class CheckBatch
{
    /// <summary>The step kind of a built-in check.</summary>
    public const string Kind = "check";

    /// <summary>In the order of the verdict.</summary>
    public static readonly IReadOnlyList<BuiltInCheck> All =
    [
        new("syntax", BashSyntax.RunAsync) { Programs = ["bash", "sh", "dash"] },
        new("shellcheck", ShellCheck.RunAsync) { Programs = ["shellcheck"] },
        new("secrets", Secrets.RunAsync),
        new(StaticAnalysis.Name, StaticAnalysis.RunAsync) { Programs = [Semgrep.Program] },
        new("permissions", static (tree, settings, _, ct) => FilePermissions.RunAsync(tree, settings, ct)),
        new("documentation", static (tree, settings, _, ct) => DocumentationStructure.RunAsync(tree, settings, ct)),
        new("structure", static (tree, settings, _, _) => Task.FromResult(RepositoryStructure.Run(tree, settings))),
    ];

    /// <summary>The checks that the settings leave on.</summary>
    public static IReadOnlyList<BuiltInCheck> Chosen(CheckSettings settings) => [.. All.Where(check => !settings.IsOff(check.Name))];

    /// <summary>Makes the named checks and judges what they saw, none of which is known from before.</summary>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(
        SourceTree tree, CheckSettings settings, IReadOnlyList<string> names, VerdictCache cache, TimeProvider time, CancellationToken ct)
        => [.. (await LookAsync(tree, settings, names, cache, time, ct))
            .Select(run => Judge(run.Check, run.Report, settings, run.Duration))];

    /// <summary>Makes the named checks. One that breaks does not stop the others.</summary>
    public static async Task<IReadOnlyList<CheckRun>> LookAsync(
        SourceTree tree, CheckSettings settings, IReadOnlyList<string> names, VerdictCache cache, TimeProvider time, CancellationToken ct)
        => await Task.WhenAll(All.Where(check => names.Contains(check.Name))
            .Select(check => LookOneAsync(check, tree, settings, cache, time, ct)));

    /// <summary>True for what the gate table does not drop.</summary>
    public static bool IsShown(string check, Observation seen, CheckSettings settings)
        => settings.For(check, seen.Rule, seen.Level) != Gate.Off;

    /// <summary>
    /// Applies the gate table: what is off is dropped, what blocks fails the check, what warns or is known is shown.
    /// </summary>
    public static CheckResult Judge(string check, CheckReport report, CheckSettings settings, TimeSpan duration)
    {
        var findings = report.Observations.Select(seen => (seen, gate: settings.For(check, seen.Rule, seen.Level)))
            .Where(pair => pair.gate != Gate.Off)
            .Select(pair => new Finding(
                check, pair.seen.Rule, pair.seen.Severity, pair.seen.Path, pair.seen.Line, pair.seen.Message,
                pair.gate == Gate.Block && !pair.seen.IsKnown, pair.seen.IsKnown))
            .OrderByDescending(finding => finding.Blocks).ThenBy(finding => finding.Known).ThenByDescending(finding => finding.Severity)
                .ThenBy(finding => finding.Path, StringComparer.Ordinal).ThenBy(finding => finding.Line)
            .ToList();
        var blocking = findings.Count(finding => finding.Blocks);
        var (outcome, blocks) = report.Trouble switch
        {
            Outcome.Skipped => (Outcome.Skipped, false),
            { } trouble => (trouble, settings.MayBlock(check)),
            null when blocking > 0 => (Outcome.Failed, true),
            null when findings.Count > 0 => (Outcome.Failed, false),
            null => (Outcome.Passed, settings.MayBlock(check)),
        };
        var known = findings.Count(finding => finding.Known);
        var summary = report.Reason
            ?? (known > 0 ? $"{findings.Count - known} new, {known} known" : Count(blocking, findings.Count - blocking));
        return new CheckResult(
            new StepResult(check, Kind, outcome, blocks, duration, ExitCode: null, summary),
            findings, Log(report, findings, summary));
    }

    private static async Task<CheckRun> LookOneAsync(
        BuiltInCheck check, SourceTree tree, CheckSettings settings, VerdictCache cache, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        CheckReport report;
        try
        {
            report = await check.RunAsync(tree, settings, cache, ct);
        }
        catch (TimeoutException e)
        {
            report = new CheckReport([], []) { Trouble = Outcome.TimedOut, Reason = e.Message };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            report = CheckReport.Errored(PlainText.OneLine(e.Message));
        }

        return new CheckRun(check.Name, report, time.GetElapsedTime(start));
    }

    private static string Count(int errors, int warnings)
        => (errors, warnings) switch
        {
            (0, 0) => "",
            (0, _) => Words(warnings, "warning"),
            (_, 0) => Words(errors, "error"),
            _ => $"{Words(errors, "error")}, {Words(warnings, "warning")}",
        };

    private static string Words(int count, string word) => count == 1 ? $"1 {word}" : $"{count} {word}s";

    private static string Log(CheckReport report, IReadOnlyList<Finding> findings, string summary)
    {
        var log = new StringBuilder();
        foreach (var note in report.Notes) log.AppendLine(note);
        foreach (var finding in findings)
        {
            if (finding.Path is not null) log.Append(PlainText.OneLine(finding.Path))
                .Append(finding.Line is { } line ? $":{line}: " : ": ");
            log.Append(finding.Known ? "known: " : finding.Blocks ? "error: " : "warning: ")
                .Append(finding.Message).Append(" [").Append(finding.Rule).AppendLine("]");
        }

        log.AppendLine(report.Reason is null ? summary.Length == 0 ? "nothing found" : summary : $"{report.Trouble}: {report.Reason}");
        return log.ToString();
    }
}
