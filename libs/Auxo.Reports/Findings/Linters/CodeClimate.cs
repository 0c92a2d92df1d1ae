using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>Code Climate's JSON, also GitLab's kind of it: a list, or objects with a NUL behind each.</summary>
internal static class CodeClimate
{
    public static readonly ReportFormat Format = new("codeclimate", ReportKind.Findings,
        static g => g.Has("check_name", "location") || (g.Has("description", "fingerprint", "location") && g.IsList), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var list = new FindingList();
        if (content.Span.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'[', ..])
        {
            using var json = JsonText.Parse(content);
            foreach (var found in json.RootElement.EnumerateArray()) Add(list, found);
        }
        else
        {
            foreach (var found in JsonText.Values(content)) Add(list, found);
        }

        return list.Report(format);
    }

    private static void Add(FindingList list, JsonElement found)
    {
        var begin = found.Get("location", "lines", "begin") ?? found.Get("location", "positions", "begin", "line");
        list.Add(found.Get("check_name").Text(), found.Get("severity").Text(), found.Get("location", "path").Text(), begin.Number(),
            found.Get("location", "positions", "begin", "column").Number(), found.Get("description").Text(ReportLimits.Detail));
    }
}
