using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>Biome's own JSON.</summary>
internal static class Biome
{
    public static readonly ReportFormat Format = new("biome-json", ReportKind.Findings,
        static g => !g.IsList && g.Has("diagnostics", "summary"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.NeededList("diagnostics"))
            list.Add(found.Get("category").Text(), found.Get("severity").Text(), found.Get("location", "path").Text(),
                found.Get("location", "start", "line").Number(), found.Get("location", "start", "column").Number(),
                found.Get("message").Text(ReportLimits.Detail));
        return list.Report(format);
    }
}
