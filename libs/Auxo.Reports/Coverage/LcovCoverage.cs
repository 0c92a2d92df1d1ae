using System.Globalization;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>The text of lcov. Lines and branches are counted; the sums behind them are not always there.</summary>
internal static class LcovCoverage
{
    public static readonly ReportFormat Format = new("lcov", ReportKind.Coverage,
        static g => g.IsEmpty
            ? g.EndsWith(".info") || g.EndsWith(".lcov")
            : g.Lines.FirstOrDefault(static line => line.Length > 0 && line[0] is not (';' or '#')) is { } first
                && (first.StartsWith("TN:", StringComparison.Ordinal) || first.StartsWith("SF:", StringComparison.Ordinal)), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var map = new CoverageMap();
        CoverageMap.Entry? file = null;
        foreach (var (number, line) in Words.Lines(content))
        {
            if (line.StartsWith("SF:", StringComparison.Ordinal)) file = map.File(line[3..]);
            else if (line == "end_of_record") file = null;
            else if (line.StartsWith("DA:", StringComparison.Ordinal))
            {
                var parts = line[3..].Split(',');
                if (parts.Length < 2) throw new ContentException($"line {number} has no count");
                Of(file, number).Line(LineNumber(parts[0], number), Words.Hits(parts[1]));
            }
            else if (line.StartsWith("BRDA:", StringComparison.Ordinal))
            {
                // A branch may have words for a name, with commas in them.
                var parts = line[5..].Split(',', 3);
                var last = parts.Length == 3 ? parts[2].LastIndexOf(',') : -1;
                if (last < 0) throw new ContentException($"line {number} is no branch");
                Of(file, number).Branch(LineNumber(parts[0], number), parts[1], parts[2][..last], Words.Hits(parts[2][(last + 1)..]) > 0);
            }
        }

        return map.Report(format);
    }

    private static CoverageMap.Entry Of(CoverageMap.Entry? file, int number)
        => file ?? throw new ContentException($"line {number} belongs to no file; SF: must come before it");

    private static int LineNumber(string text, int number)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? line
            : throw new ContentException($"line {number} names no line of a file");
}
