using System.Text;

namespace Auxo.Metrics.Reporting.Rendering;

/// <summary>A report as plain text for a mail: a row is a line, or several where it has many words.</summary>
public static class ReportText
{
    /// <summary>Renders it.</summary>
    public static string Of(ReportDocument report)
    {
        var text = new StringBuilder().Append(Plain(report.Title)).Append('\n');
        foreach (var section in report.Sections)
        {
            text.Append('\n').Append(Plain(section.Title).ToUpperInvariant()).Append('\n');
            if (section.Text is { } sentence) text.Append(Plain(sentence)).Append('\n');
            foreach (var row in section.Rows)
            {
                // The first cell names the row; the others say what they are, so that no column has to line up.
                text.Append("* ").Append(Plain(row[0])).Append('\n');
                for (var i = 1; i < row.Count; i++)
                {
                    if (row[i].Length == 0) continue;
                    text.Append("    ");
                    if (section.Columns[i].Length > 0) text.Append(Plain(section.Columns[i])).Append(": ");
                    text.Append(Plain(row[i])).Append('\n');
                }
            }
        }

        return text.ToString();
    }

    private static string Plain(string words) => string.Concat(words.Select(static c => char.IsControl(c) ? ' ' : c));
}
