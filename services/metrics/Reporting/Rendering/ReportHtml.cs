using System.Net;
using System.Text;

namespace Auxo.Metrics.Reporting.Rendering;

/// <summary>
/// A report as the HTML of a mail: its styles stand in it, it has no script and no picture, and says by itself how it looks in the dark.
/// </summary>
public static class ReportHtml
{
    private const string Head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
        <style>
        :root { color-scheme: light dark; }
        body { margin: 0; padding: 16px; background: #ffffff; color: #1c2330; font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 760px; margin: 0 auto; }
        h1 { font-size: 20px; } h2 { font-size: 16px; margin: 24px 0 8px; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid #d9dee7; }
        th { font-weight: 600; color: #5a6475; font-size: 13px; } td:first-child { font-weight: 600; }
        .short { white-space: nowrap; } .calm { color: #5a6475; }
        @media (prefers-color-scheme: dark) {
        body { background: #14181f; color: #e6e9ef; } th, .calm { color: #9aa5b5; } th, td { border-color: #2c3442; } }
        </style></head><body><main>

        """;

    /// <summary>Renders it.</summary>
    public static string Of(ReportDocument report)
    {
        var html = new StringBuilder(Head).Append($"<h1>{Words(report.Title)}</h1>\n");
        foreach (var section in report.Sections)
        {
            html.Append($"<h2>{Words(section.Title)}</h2>\n");
            if (section.Text is { } sentence) html.Append($"<p class=\"calm\">{Words(sentence)}</p>\n");
            if (section.Columns.Count == 0) continue;
            html.Append("<table><thead><tr>");
            foreach (var column in section.Columns) html.Append($"<th>{Words(column)}</th>");
            html.Append("</tr></thead><tbody>\n");
            foreach (var row in section.Rows)
                html.Append($"<tr>{string.Concat(row.Select(Cell))}</tr>\n");
            html.Append("</tbody></table>\n");
        }

        return html.Append("</main></body></html>\n").ToString();
    }

    /// <summary>A date, a number or a name of few letters is not broken into lines.</summary>
    private static string Cell(string text) => text.Length <= 12 ? $"<td class=\"short\">{Words(text)}</td>" : $"<td>{Words(text)}</td>";

    private static string Words(string text) => WebUtility.HtmlEncode(text);
}
