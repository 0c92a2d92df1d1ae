using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Schedules.Scans;

/// <summary>One check of an audit.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Summary">In one line; why, when it was not made.</param>
/// <param name="Notes">What it looked at, and what it left out.</param>
/// <param name="Findings">All of them, worst first.</param>
public sealed record AuditedCheck(
    string Check, Outcome Outcome, string Summary, IReadOnlyList<string> Notes, IReadOnlyList<Finding> Findings);

/// <summary>What an audit found: all of it, while a build keeps only the first findings of a check.</summary>
/// <param name="Repository">For people.</param>
/// <param name="Rid">Its id.</param>
/// <param name="Branch">The default branch.</param>
/// <param name="Commit">Its head.</param>
/// <param name="BuildId">The build that made it.</param>
/// <param name="At">When.</param>
/// <param name="Checks">In the order of the verdict.</param>
public sealed record AuditReport(
    string Repository, Rid Rid, string Branch, CommitId Commit, Guid BuildId, DateTimeOffset At,
    IReadOnlyList<AuditedCheck> Checks)
{
    /// <summary>Of each check in the text for people; the JSON has all.</summary>
    private const int MostFindings = 500;

    private static readonly Severity[] WorstFirst =
        [Severity.Critical, Severity.High, Severity.Medium, Severity.Low, Severity.Info];

    /// <summary>Puts it together.</summary>
    public static AuditReport Of(
        Build build, IReadOnlyList<CheckRun> runs, IReadOnlyList<CheckResult> results, DateTimeOffset now)
        => new(
            build.Subject.RepositoryName, build.Subject.Rid, build.Subject.Ref, build.Subject.Commit, build.BuildId,
            now,
            [.. results.Select(result => new AuditedCheck(
                result.Step.Step, result.Step.Outcome, result.Step.Summary,
                runs.FirstOrDefault(run => run.Check == result.Step.Step)?.Report.Notes ?? [], result.Findings))]);

    /// <summary>For programs.</summary>
    public byte[] Json() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.AuditReport);

    /// <summary>For people. Nothing of what stands in the repository is markup.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        var at = At.UtcDateTime;
        text.Append(Invariant($"# Audit of {VerdictMarkdown.Escape(Repository)}, {at:yyyy-MM-dd}\n\n"))
            .Append(Invariant($"Branch {VerdictMarkdown.Escape(Branch)} at `{Commit}`, {at:yyyy-MM-dd HH:mm} UTC, "))
            .Append(Invariant($"build {Contracts.BuildId.Short(BuildId)}. {VerdictMarkdown.Escape(Rid.Value)}\n\n"));
        text.Append("| check | result |");
        foreach (var severity in WorstFirst) text.Append(Invariant($" {severity} |"));
        text.Append(" blocking |\n|---|---|").Insert(text.Length, "--:|", WorstFirst.Length + 1).Append('\n');
        foreach (var check in Checks) Row(text, check);
        foreach (var check in Checks) Section(text, check);
        return text.ToString();
    }

    private static void Row(StringBuilder text, AuditedCheck check)
    {
        text.Append(Invariant($"| {check.Check} | {Words(check)} |"));
        foreach (var severity in WorstFirst)
            text.Append(Invariant($" {check.Findings.Count(finding => finding.Severity == severity)} |"));
        text.Append(Invariant($" {check.Findings.Count(static finding => finding.Blocks)} |\n"));
    }

    private static void Section(StringBuilder text, AuditedCheck check)
    {
        text.Append(Invariant($"\n## {check.Check}\n\n"));
        if (check.Summary.Length > 0) text.Append(VerdictMarkdown.Escape(check.Summary)).Append("\n\n");
        foreach (var finding in check.Findings.Take(MostFindings))
        {
            text.Append(Invariant($"- **{finding.Severity}**{(finding.Blocks ? ", blocks" : "")}: "));
            if (finding.Path is { } path)
                text.Append(VerdictMarkdown.Code(finding.Line is { } line ? $"{path}:{line}" : path)).Append(' ');
            text.Append(VerdictMarkdown.Escape(finding.Message))
                .Append(" (").Append(VerdictMarkdown.Escape(finding.Rule)).Append(")\n");
        }

        if (check.Findings.Count > MostFindings)
            text.Append(Invariant($"- and {check.Findings.Count - MostFindings} more: audit.json has all\n"));
        if (check is { Findings.Count: 0, Outcome: Outcome.Passed }) text.Append("Nothing found.\n");
        foreach (var note in check.Notes) text.Append("\n> ").Append(VerdictMarkdown.Escape(note)).Append('\n');
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Words(AuditedCheck check)
        => check.Outcome switch
        {
            Outcome.Passed => "passed",
            Outcome.Failed => "found something",
            Outcome.Skipped => "**not made**",
            _ => "**could not be made**",
        };
}

/// <summary>How the report for programs is written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(AuditReport))]
internal sealed partial class AuditJson : JsonSerializerContext;
