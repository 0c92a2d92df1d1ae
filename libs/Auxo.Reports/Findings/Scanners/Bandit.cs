using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Scanners;

/// <summary>The JSON of bandit.</summary>
internal static class Bandit
{
    public static readonly ReportFormat Format = new("bandit-json", ReportKind.Findings,
        static g => !g.IsList && g.Has("errors", "generated_at", "metrics"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.NeededList("results"))
            list.Add(found.Get("test_id").Text(), found.Get("issue_severity").Text(), found.Get("filename").Text(),
                found.Get("line_number").Number(), found.Get("col_offset").Number(), found.Get("issue_text").Text(ReportLimits.Detail));
        return list.Report(format);
    }
}
