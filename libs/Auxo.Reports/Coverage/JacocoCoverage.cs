using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>JaCoCo's XML: the lines of the source files; the counters of one that has no lines.</summary>
internal static class JacocoCoverage
{
    public static readonly ReportFormat Format = new("jacoco", ReportKind.Coverage,
        static g => g.Root == "report" && g.Child is "sessioninfo" or "group" or "package" or "counter", Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var map = new CoverageMap();
        CoverageMap.Entry? file = null;
        var (package, depth, hasLines) = ("", 0, false);
        while (xml.NextStart())
        {
            switch (xml.Name)
            {
                case "package":
                    package = xml.NameOf("name");
                    file = null;
                    break;
                case "sourcefile":
                    file = map.File(package.Length == 0 ? xml.NameOf("name") : $"{package}/{xml["name"]}");
                    (depth, hasLines) = (xml.Depth, false);
                    break;
                case "line" when file is not null:
                    hasLines = true;
                    file.Line(xml.Needed("nr"), xml.Needed("ci") > 0 ? 1 : 0);
                    var taken = xml.Number("cb") ?? 0;
                    if ((long)taken + (xml.Number("mb") ?? 0) is > 0 and <= int.MaxValue and var all)
                        file.Branches(xml.Needed("nr"), taken, (int)all);
                    break;
                case "counter" when file is not null && !hasLines && xml.Depth == depth + 1 && xml["type"] is "LINE" or "BRANCH":
                    var sum = new Ratio(xml.Needed("covered"), (long)xml.Needed("covered") + xml.Needed("missed"));
                    file.Sums(xml["type"] == "LINE" ? sum : default, xml["type"] == "BRANCH" ? sum : default);
                    break;
            }
        }

        return map.Report(format);
    }
}
