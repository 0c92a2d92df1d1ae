using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Scanners;

/// <summary>The JSON of Semgrep. Its fingerprints say nothing without a login, so each result counts.</summary>
internal static class Semgrep
{
    public static readonly ReportFormat Format = new("semgrep-json", ReportKind.Findings,
        static g => !g.IsList && g.Has("results", "errors") && !g.Has("metrics"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.NeededList("results"))
            list.Add(found.Get("check_id").Text(), found.Get("extra", "severity").Text(), found.Get("path").Text(),
                found.Get("start", "line").Number(), found.Get("start", "col").Number(),
                found.Get("extra", "message").Text(ReportLimits.Detail), found.Get("extra", "is_ignored").IsTrue());
        return list.Report(format);
    }
}
