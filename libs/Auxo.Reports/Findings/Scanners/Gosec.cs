using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Scanners;

/// <summary>The JSON of gosec. Its lines and columns are texts, and a place of several lines is <c>12-14</c>.</summary>
internal static class Gosec
{
    public static readonly ReportFormat Format = new("gosec-json", ReportKind.Findings,
        static g => !g.IsList && g.Has("Issues", "Golang errors"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.Get("Issues").Each())
            list.Add(found.Get("rule_id").Text(), found.Get("severity").Text(), found.Get("file").Text(), found.Get("line").Number(),
                found.Get("column").Number(), found.Get("details").Text(ReportLimits.Detail),
                found.Get("nosec").IsTrue() || found.Get("suppressions").Each().Any());
        return list.Report(format);
    }
}
