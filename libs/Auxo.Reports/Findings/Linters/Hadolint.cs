using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>The JSON of hadolint.</summary>
internal static class Hadolint
{
    public static readonly ReportFormat Format = new("hadolint-json", ReportKind.Findings,
        static g => g.IsList && g.Has("code", "column", "file", "level", "line", "message") && !g.Has("endLine"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.EnumerateArray())
            list.Add(found.Get("code").Text(), found.Get("level").Text(), found.Get("file").Text(),
                found.Get("line").Number(), found.Get("column").Number(), found.Get("message").Text(ReportLimits.Detail));
        return list.Report(format);
    }
}
