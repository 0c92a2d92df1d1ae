using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Reports.Files;
using Auxo.Reports.Findings;

namespace Auxo.Pipeline.Reports;

/// <summary>What linters and scanners found, as findings of the step.</summary>
internal static class ReportedFindings
{
    /// <summary>
    /// Judges them. One that lies on a line that this change did not write is known; one without a line in a file of the repository,
    /// such as a vulnerable package, is always new.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="findings">As the tools wrote them; the same in two reports is one.</param>
    /// <param name="path">Where a file of a report lies in the repository; null when it is in none.</param>
    /// <param name="changed">What the change wrote; null when it is not known, and then all are new.</param>
    /// <param name="gate">What a new one of the level error does.</param>
    /// <returns>Those that block first, then the new ones, worst first.</returns>
    public static IReadOnlyList<Finding> Judge(
        string step, IReadOnlyList<ReportedFinding> findings, Func<string, string?> path, ChangedLines? changed, Gate gate)
        =>
        [
            .. findings.Select(finding => One(step, finding, path, changed, gate)).Distinct()
                .OrderByDescending(static finding => finding.Blocks).ThenBy(static finding => finding.Known)
                .ThenByDescending(static finding => finding.Severity),
        ];

    private static Finding One(string step, ReportedFinding finding, Func<string, string?> path, ChangedLines? changed, Gate gate)
    {
        var mine = finding.Path is { } written ? path(written) : null;
        var known = changed is not null && mine is not null && finding.Line is { } line && !changed.Wrote(mine, line);
        return new Finding(
            step, PlainText.OneLine(finding.Rule.Length == 0 ? "error" : finding.Rule, 200), Severity(finding),
            mine ?? (finding.Path is null ? null : PlainText.OneLine(finding.Path, 300)), finding.Line is > 0 ? finding.Line : null,
            PlainText.OneLine(finding.Message.Length == 0 ? finding.Rule : finding.Message, 300),
            Blocks: gate == Gate.Block && !known && finding.Level == FindingLevel.Error, known);
    }

    private static Severity Severity(ReportedFinding finding) => finding.Level switch
    {
        _ when finding.Severity.Equals("critical", StringComparison.OrdinalIgnoreCase) => Contracts.Severity.Critical,
        FindingLevel.Error => Contracts.Severity.High,
        FindingLevel.Warning => Contracts.Severity.Medium,
        _ => Contracts.Severity.Low,
    };
}
