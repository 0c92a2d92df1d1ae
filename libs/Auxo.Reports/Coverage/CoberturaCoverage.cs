using System.Text.RegularExpressions;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>
/// Cobertura's XML, as a dozen tools write it. The lines of a class count, those of its methods repeat them; the rates of the header
/// do not count, since some are <c>NaN</c> and some 1 for nothing.
/// </summary>
internal static class CoberturaCoverage
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex Condition = new(@"\((?<a>[0-9]{1,6})/(?<b>[0-9]{1,6})\)", Linear);

    public static readonly ReportFormat Format = new("cobertura", ReportKind.Coverage,
        static g => g.Root == "coverage" && (g.Child is "sources" or "packages" || g.Attributes.Contains("line-rate")), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var map = new CoverageMap();
        var sources = new List<string>();
        CoverageMap.Entry? file = null;
        var depth = 0;
        while (xml.NextStart())
        {
            switch (xml.Name)
            {
                case "source" when sources.Count < 100:
                    sources.Add(Words.Clip(xml.Text().Trim(), ReportLimits.Name));
                    break;
                case "class":
                    file = map.File(xml["filename"] ?? throw new ContentException($"the class at line {xml.Line} has no 'filename'"));
                    depth = xml.Depth;
                    break;
                case "line" when file is not null && xml.Depth == depth + 2:
                    var number = xml.Needed("number");
                    file.Line(number, xml.Hits("hits"));
                    if (string.Equals(xml["branch"], "true", StringComparison.OrdinalIgnoreCase)
                        && Condition.Match(xml["condition-coverage"] ?? "") is { Success: true } part
                        && int.TryParse(part.Groups["a"].ValueSpan, out var covered)
                        && int.TryParse(part.Groups["b"].ValueSpan, out var total))
                        file.Branches(number, covered, total);
                    break;
            }
        }

        return map.Report(format) with { Sources = sources };
    }
}
