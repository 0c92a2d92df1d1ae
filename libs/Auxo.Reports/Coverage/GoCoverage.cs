using System.Globalization;
using System.Text.RegularExpressions;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>Go's coverage profile. It counts statements in blocks of lines; paths begin with the name of the module.</summary>
internal static class GoCoverage
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex Block = new(
        @"^(?<path>.+):(?<place>(?<first>[0-9]{1,8})\.[0-9]{1,8},(?<last>[0-9]{1,8})\.[0-9]{1,8}) (?<count>[0-9]{1,6}) (?<hits>[0-9]+)$",
        Linear);

    public static readonly ReportFormat Format = new("go-coverprofile", ReportKind.Coverage,
        static g => g.Lines.Count > 0 && g.Lines[0].StartsWith("mode: ", StringComparison.Ordinal), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var blocks = new Dictionary<(string Path, string Place), (int Statements, long Hits)>();
        var lines = new CoverageMap();
        var all = 0;
        foreach (var (number, line) in Words.Lines(content))
        {
            if (line.Length == 0 || line.StartsWith("mode: ", StringComparison.Ordinal)) continue;
            if (Block.Match(line) is not { Success: true } block) throw new ContentException($"line {number} is no block");
            if (blocks.Count == ReportLimits.Elements / 4) throw new ContentException("too many blocks");
            var (path, hits) = (block.Groups["path"].Value, Words.Hits(block.Groups["hits"].Value));
            var key = (path, block.Groups["place"].Value);
            blocks[key] = (Number(block, "count"), Math.Max(hits, blocks.GetValueOrDefault(key).Hits));
            var (first, last) = (Number(block, "first"), Number(block, "last"));
            if ((all += Math.Max(0, last - first)) > ReportLimits.Elements) throw new ContentException($"too many lines at line {number}");
            for (var i = first; i <= last; i++) lines.File(path).Line(i, hits);
        }

        var statements = blocks.GroupBy(static block => block.Key.Path, StringComparer.Ordinal).ToDictionary(static file => file.Key,
            static file => new Ratio(file.Where(static block => block.Value.Hits > 0).Sum(static block => block.Value.Statements),
                file.Sum(static block => block.Value.Statements)), StringComparer.Ordinal);
        var report = lines.Report(format);
        return report with
        {
            Unit = "statements", Files = [.. report.Files.Select(file => file with { Lines = statements.GetValueOrDefault(file.Path) })],
        };
    }

    private static int Number(Match block, string part) => int.Parse(block.Groups[part].ValueSpan, CultureInfo.InvariantCulture);
}
