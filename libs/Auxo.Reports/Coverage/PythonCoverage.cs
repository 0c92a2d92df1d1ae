using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>The JSON of coverage.py.</summary>
internal static class PythonCoverage
{
    public static readonly ReportFormat Format = new("coveragepy-json", ReportKind.Coverage,
        static g => !g.IsList && g.Has("meta", "files") && (g.Has("totals") || g.InnerKeys.Contains("executed_lines")), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var map = new CoverageMap();
        foreach (var file in json.RootElement.Get("files").Members())
        {
            var entry = map.File(file.Name);
            foreach (var (name, hits) in new[] { ("executed_lines", 1), ("missing_lines", 0) })
            {
                foreach (var line in file.Value.NeededList(name))
                    entry.Line(((JsonElement?)line).Number() ?? throw new ContentException("a line is no number"), hits);
            }

            if (file.Value.Get("summary", "num_branches").Number() is > 0 and var all)
                entry.Sums(default, new Ratio(file.Value.Get("summary", "covered_branches").Count(), all));
        }

        return map.Report(format);
    }
}
