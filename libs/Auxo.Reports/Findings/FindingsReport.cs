namespace Auxo.Reports.Findings;

/// <summary>How bad a finding is, whatever word its tool has for that.</summary>
public enum FindingLevel
{
    /// <summary>Style, information, low.</summary>
    Note,

    /// <summary>Warning, medium, major.</summary>
    Warning,

    /// <summary>Error, high, critical, blocker, fatal; a secret.</summary>
    Error,
}

/// <summary>What a linter or a scanner found.</summary>
/// <param name="Format">How it was written.</param>
/// <param name="Findings">In the order of the report, the suppressed ones included.</param>
public sealed record FindingsReport(ReportFormat Format, IReadOnlyList<ReportedFinding> Findings) : Report(Format)
{
    /// <summary>Those that count.</summary>
    public IEnumerable<ReportedFinding> Open => Findings.Where(static finding => !finding.IsSuppressed);
}

/// <summary>One place that a tool does not like.</summary>
/// <param name="Rule">The tool's name of the rule; empty when it has none, such as for a file that cannot be parsed.</param>
/// <param name="Severity">The tool's word, such as <c>HIGH</c> or <c>convention</c>; <c>none</c> when it has none.</param>
/// <param name="Level">What that word means.</param>
/// <param name="Path">The file as the tool wrote it; null when it is about none.</param>
/// <param name="Line">From 1; null when it is about no line.</param>
/// <param name="Column">As the tool wrote it: some count from 0, some from 1; null for none.</param>
/// <param name="Message">For people.</param>
public sealed record ReportedFinding(
    string Rule, string Severity, FindingLevel Level, string? Path, int? Line, int? Column, string Message)
{
    /// <summary>Somebody has said in the code, or to the tool, that this may be so.</summary>
    public bool IsSuppressed { get; init; }
}
