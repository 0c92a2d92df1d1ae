using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings;

/// <summary>The findings of a report while it is read.</summary>
internal sealed class FindingList
{
    private readonly List<ReportedFinding> _findings = [];

    /// <summary>Adds one.</summary>
    public void Add(string? rule, string? severity, string? path, int? line, int? column, string? message, bool suppressed = false,
        FindingLevel? level = null)
    {
        if (_findings.Count == ReportLimits.Entries) throw new ContentException($"more than {ReportLimits.Entries} findings");
        var word = Words.Clip(string.IsNullOrEmpty(severity) ? "none" : severity, 40);
        _findings.Add(new ReportedFinding(Words.Clip(rule ?? "", ReportLimits.Name), word, level ?? Level(word),
            string.IsNullOrEmpty(path) ? null : Words.Clip(path, ReportLimits.Name), line, column,
            Words.Clip(message ?? "", ReportLimits.Message)) { IsSuppressed = suppressed });
    }

    /// <summary>What was read.</summary>
    public FindingsReport Report(ReportFormat format) => new(format, _findings);

    private static FindingLevel Level(string word) => word.ToLowerInvariant() switch
    {
        "error" or "fatal" or "high" or "critical" or "blocker" => FindingLevel.Error,
        "warning" or "medium" or "moderate" or "major" or "unknown" => FindingLevel.Warning,
        _ => FindingLevel.Note,
    };
}
