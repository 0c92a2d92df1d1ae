using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>The JSON of ShellCheck: a list (<c>json</c>) or an object (<c>json1</c>). Its codes are numbers.</summary>
internal static class Shellcheck
{
    public static readonly ReportFormat Format = new("shellcheck-json", ReportKind.Findings,
        static g => g.IsList ? g.Has("file", "line", "endLine", "level", "code") : g.Has("comments") && g.Keys!.Count == 1, Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        var root = json.RootElement;
        foreach (var found in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : root.NeededList("comments"))
            list.Add(found.Get("code").Text() is { } code ? $"SC{code}" : null, found.Get("level").Text(), found.Get("file").Text(),
                found.Get("line").Number(), found.Get("column").Number(), found.Get("message").Text(ReportLimits.Detail));
        return list.Report(format);
    }
}
