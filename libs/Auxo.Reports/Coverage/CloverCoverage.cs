using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>
/// Clover's XML. As istanbul writes it, <c>truecount</c> is how many branches were taken and <c>falsecount</c> how many were not.
/// </summary>
internal static class CloverCoverage
{
    public static readonly ReportFormat Format = new("clover", ReportKind.Coverage,
        static g => g.Root == "coverage" && (g.Child == "project" || g.Attributes.Contains("clover")), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var map = new CoverageMap();
        CoverageMap.Entry? file = null;
        while (xml.NextStart())
        {
            if (xml.Name == "file")
                file = map.File(xml["path"] ?? xml["name"] ?? throw new ContentException($"the file at line {xml.Line} has no 'path'"));
            if (xml.Name != "line" || file is null) continue;
            var number = xml.Needed("num");
            file.Line(number, xml["count"] is { } count ? Words.Hits(count) : Math.Max(xml.Hits("truecount"), xml.Hits("falsecount")));
            if (xml["type"] != "cond") continue;
            var (taken, left) = ((int)Math.Min(xml.Hits("truecount"), 100_000), (int)Math.Min(xml.Hits("falsecount"), 100_000));
            file.Branches(number, taken, taken + left);
        }

        return map.Report(format);
    }
}
