using System.Text;

namespace Auxo.Metrics.Reporting.Rendering;

/// <summary>A report as Markdown; what people wrote stays words.</summary>
public static class ReportMarkdown
{
    private const string Marks = @"\`*_[]<>|#~!&";

    /// <summary>Renders it.</summary>
    public static string Of(ReportDocument report)
    {
        var text = new StringBuilder($"# {Plain(report.Title)}\n");
        foreach (var section in report.Sections)
        {
            text.Append($"\n## {Plain(section.Title)}\n\n");
            if (section.Text is { } sentence) text.Append($"{Plain(sentence)}\n");
            if (section.Columns.Count == 0) continue;
            text.Append($"| {string.Join(" | ", section.Columns.Select(Plain))} |\n|");
            text.Append(string.Concat(section.Columns.Select(static _ => "---|"))).Append('\n');
            foreach (var row in section.Rows) text.Append($"| {string.Join(" | ", row.Select(Plain))} |\n");
        }

        return text.ToString();
    }

    private static string Plain(string words)
    {
        var text = new StringBuilder(words.Length);
        foreach (var c in words)
        {
            if (Marks.Contains(c)) text.Append('\\');
            text.Append(char.IsControl(c) ? ' ' : c);
        }

        return text.ToString();
    }
}
