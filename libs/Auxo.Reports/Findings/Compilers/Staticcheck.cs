using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Compilers;

/// <summary>The JSON of staticcheck: a value on each line.</summary>
internal static class Staticcheck
{
    public static readonly ReportFormat Format = new("staticcheck-jsonl", ReportKind.Findings,
        static g => !g.IsList && g.Has("code", "severity", "location", "message"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var list = new FindingList();
        foreach (var found in JsonText.Values(content))
        {
            var severity = found.Get("severity").Text();
            list.Add(found.Get("code").Text(), severity, found.Get("location", "file").Text(),
                found.Get("location", "line").Number(), found.Get("location", "column").Number(),
                found.Get("message").Text(ReportLimits.Detail), severity == "ignored");
        }

        return list.Report(format);
    }
}
