using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>The sums of gcovr (<c>--json-summary</c>).</summary>
internal static class GcovrSummary
{
    public static readonly ReportFormat Format = new("gcovr-json-summary", ReportKind.Coverage,
        static g => !g.IsList && g.Has("files", "line_total", "line_covered"), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var map = new CoverageMap();
        foreach (var file in json.RootElement.NeededList("files"))
            map.File(file.Get("filename").Text() ?? throw new ContentException("a file has no 'filename'")).Sums(
                new Ratio(file.Get("line_covered").Count(), file.Get("line_total").Count()),
                new Ratio(file.Get("branch_covered").Count(), file.Get("branch_total").Count()));
        return map.Report(format);
    }
}
