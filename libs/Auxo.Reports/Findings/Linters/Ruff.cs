using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>The JSON of ruff.</summary>
internal static class Ruff
{
    public static readonly ReportFormat Format = new("ruff-json", ReportKind.Findings,
        static g => g.IsList && g.Has("code", "filename", "location", "noqa_row"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.EnumerateArray())
            list.Add(found.Get("code").Text(), found.Get("severity").Text() ?? "error", found.Get("filename").Text(),
                found.Get("location", "row").Number(), found.Get("location", "column").Number(),
                found.Get("message").Text(ReportLimits.Detail));
        return list.Report(format);
    }
}
