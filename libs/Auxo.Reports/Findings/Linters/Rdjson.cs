using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>The JSON of reviewdog. The severity may stand once, for all.</summary>
internal static class Rdjson
{
    public static readonly ReportFormat Format = new("rdjson", ReportKind.Findings,
        static g => !g.IsList && g.Has("diagnostics") && !g.Has("summary"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        var all = json.RootElement.Get("severity").Text();
        foreach (var found in json.RootElement.NeededList("diagnostics"))
        {
            var start = found.Get("location", "range", "start");
            list.Add(found.Get("code", "value").Text(), found.Get("severity").Text() ?? all, found.Get("location", "path").Text(),
                start?.Get("line").Number(), start?.Get("column").Number(), found.Get("message").Text(ReportLimits.Detail));
        }

        return list.Report(format);
    }
}
