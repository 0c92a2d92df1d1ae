using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>The JSON of pylint: a list (<c>json</c>) or an object (<c>json2</c>).</summary>
internal static class Pylint
{
    public static readonly ReportFormat Format = new("pylint-json", ReportKind.Findings,
        static g => g.IsList ? g.Has("type", "module", "symbol", "message-id") : g.Has("messages", "statistics"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        var root = json.RootElement;
        foreach (var found in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : root.NeededList("messages"))
            list.Add((found.Get("message-id") ?? found.Get("messageId")).Text(), found.Get("type").Text(), found.Get("path").Text(),
                found.Get("line").Number(), found.Get("column").Number(), found.Get("message").Text(ReportLimits.Detail));
        return list.Report(format);
    }
}
