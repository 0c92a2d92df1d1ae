using System.Text;

namespace Auxo.Benchmarks.Reporting;

/// <summary>The table for a terminal.</summary>
internal static class TextReport
{
    /// <summary>Renders it.</summary>
    public static string Of(Report report)
    {
        var rows = report.Measured.SelectMany(static m => m.Figures).Select(Report.Row).Prepend(Report.Headings).ToList();
        var widths = Enumerable.Range(0, Report.Headings.Count).Select(i => rows.Max(r => r[i].Length)).ToList();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            // Words begin at the left, numbers end at the right.
            var cells = row.Select((cell, i) => i is 0 or 1 or 8 or 9 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        text.AppendLine();
        foreach (var note in report.Notes()) text.AppendLine(note);
        foreach (var failure in report.Failures) text.AppendLine($"NOT MEASURED: {failure}");
        return text.AppendLine(report.Where()).ToString();
    }
}
