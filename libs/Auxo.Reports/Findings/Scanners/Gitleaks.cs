using System.Globalization;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Scanners;

/// <summary>
/// What gitleaks writes: JSON or a table. It has no severities, and what it found is never kept: only the rule and the place are.
/// </summary>
internal static class Gitleaks
{
    public static readonly ReportFormat Json = new("gitleaks-json", ReportKind.Findings,
        static g => g.IsList && g.Has("RuleID", "Fingerprint"), ReadJson);

    public static readonly ReportFormat Table = new("gitleaks-csv", ReportKind.Findings,
        static g => g.IsEmpty
            ? g.EndsWith(".csv")
            : g.Lines.Count > 0 && g.Lines[0].StartsWith("RuleID,Commit,File,", StringComparison.Ordinal),
        ReadTable);

    private static FindingsReport ReadJson(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.EnumerateArray())
            list.Add(found.Get("RuleID").Text(), severity: null, found.Get("File").Text(), found.Get("StartLine").Number(),
                found.Get("StartColumn").Number(), found.Get("Description").Text(ReportLimits.Detail), level: FindingLevel.Error);
        return list.Report(format);
    }

    private static FindingsReport ReadTable(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var list = new FindingList();
        foreach (var row in Reading.Table.Rows(content, "RuleID", "File"))
            list.Add(row["RuleID"], severity: null, row["File"], Number(row, "StartLine"), Number(row, "StartColumn"), message: null,
                level: FindingLevel.Error);
        return list.Report(format);
    }

    private static int? Number(Dictionary<string, string> row, string name)
        => int.TryParse(row.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
