using System.Globalization;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>JaCoCo's table. It has sums of classes and no lines; a line that two classes share counts twice.</summary>
internal static class JacocoTable
{
    public static readonly ReportFormat Format = new("jacoco-csv", ReportKind.Coverage,
        static g => g.Lines.Count > 0 && g.Lines[0].StartsWith("GROUP,PACKAGE,CLASS,", StringComparison.Ordinal), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var map = new CoverageMap();
        foreach (var row in Table.Rows(content, "PACKAGE", "CLASS"))
            map.File($"{row["PACKAGE"]}.{row["CLASS"]}").Sums(Of(row, "LINE"), Of(row, "BRANCH"));
        return map.Report(format);
    }

    private static Ratio Of(Dictionary<string, string> row, string what)
    {
        var (covered, missed) = (Number(row, $"{what}_COVERED"), Number(row, $"{what}_MISSED"));
        return new Ratio(covered, (long)covered + missed);
    }

    private static int Number(Dictionary<string, string> row, string name)
        => int.TryParse(row.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ContentException($"'{name}' is no number");
}
