using System.Text;

namespace Auxo.Benchmarks.Reporting;

/// <summary>The table for a page.</summary>
internal static class MarkdownReport
{
    /// <summary>Renders it.</summary>
    public static string Of(Report report)
    {
        var text = new StringBuilder().AppendLine(report.Where() + ".").AppendLine();
        Row(Report.Headings);
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|--:|---|---|");
        foreach (var figure in report.Measured.SelectMany(static m => m.Figures)) Row(Report.Row(figure));
        text.AppendLine();
        foreach (var note in report.Notes()) text.AppendLine($"* {note}");
        foreach (var failure in report.Failures) text.AppendLine($"* Not measured: {failure}");
        return text.ToString().TrimEnd() + "\n";

        void Row(IReadOnlyList<string> cells) => text.Append("| ")
            .AppendJoin(" | ", cells.Select(static c => c.Replace("|", "\\|", StringComparison.Ordinal))).AppendLine(" |");
    }
}
