using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>
/// The JSON of ESLint, and of secretlint, stylelint's kin and others that write the same. The source that stands in it is never kept:
/// secretlint has the whole file there, with its secrets.
/// </summary>
internal static class Eslint
{
    public static readonly ReportFormat Format = new("eslint-json", ReportKind.Findings,
        static g => g.IsList && g.Has("filePath", "messages"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var file in json.RootElement.EnumerateArray())
        {
            var path = file.Get("filePath").Text();
            foreach (var (name, suppressed) in new[] { ("messages", false), ("suppressedMessages", true) })
            {
                foreach (var found in file.Get(name).Each())
                    list.Add(found.Get("ruleId").Text(), found.Get("severity").Text() switch
                    {
                        "2" => "error", "1" => "warning", "0" => "info", var word => word,
                    }, path, (found.Get("line") ?? found.Get("loc", "start", "line")).Number(),
                        (found.Get("column") ?? found.Get("loc", "start", "column")).Number(),
                        found.Get("message").Text(ReportLimits.Detail), suppressed);
            }
        }

        return list.Report(format);
    }
}
