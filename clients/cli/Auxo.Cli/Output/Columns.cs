using System.Text;

using Spectre.Console;

namespace Auxo.Cli.Output;

/// <summary>A cell: plain text and the colour it is shown in.</summary>
internal readonly record struct Cell(string Text, string? Style = null)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>
/// A table that is never wider than the terminal: columns take what they need, and one of them is cut with an ellipsis when the
/// line would be too long. No borders: it can be read, copied and cut by other programs.
/// </summary>
internal sealed class Columns(int flexible, params string[] titles)
{
    private const int Gap = 2;
    private readonly List<Cell[]> _rows = [];

    /// <summary>The flexible column goes on in the next line instead of being cut: for reasons, which somebody came to read.</summary>
    public bool Wraps { get; init; }

    /// <summary>Where the flexible column does not fit and would have less room than this, its text goes below the row.</summary>
    public int Least { get; init; }

    public void Add(params Cell[] cells) => _rows.Add([.. cells.Select(static c => c with { Text = TamedText.OneLine(c.Text) })]);

    public void Write(Terminal terminal)
    {
        if (_rows.Count == 0) return;
        var header = titles.Select(static t => new Cell(t, "dim")).ToArray();
        Cell[][] rows = titles.All(static t => t.Length == 0) ? [.. _rows] : [header, .. _rows];
        var widths = Enumerable.Range(0, titles.Length).Select(i => rows.Max(r => r[i].Text.GetCellWidth())).ToArray();
        var others = widths.Sum() - widths[flexible] + (Gap * (titles.Length - 1));
        if (Least > 0 && widths[flexible] > terminal.Width - others && terminal.Width - others < Least)
        {
            WriteBelow(terminal, rows, widths);
            return;
        }

        widths[flexible] = Math.Min(widths[flexible], Math.Max(10, terminal.Width - others));
        foreach (var row in rows)
        {
            var lines = Wraps ? Wrap(row[flexible].Text, widths[flexible]) : [row[flexible].Text];
            for (var i = 0; i < lines.Count; i++)
                terminal.Line(
                    Line([.. row.Select((cell, column)
                        => column == flexible ? cell with { Text = lines[i] } : i == 0 ? cell : new Cell(""))], widths));
        }
    }

    private void WriteBelow(Terminal terminal, Cell[][] rows, int[] widths)
    {
        T[] Without<T>(T[] all) => [.. all.Where((_, column) => column != flexible)];
        foreach (var row in rows)
        {
            terminal.Line(Line(Without(row), Without(widths)));
            if (row[flexible] is var cell && row != rows[0])
                foreach (var line in Wrap(cell.Text, Math.Max(10, terminal.Width - 2)))
                    terminal.Line($"  {Line([cell with { Text = line }], [terminal.Width - 2])}");
        }
    }

    /// <summary>Cuts to a number of columns of the terminal, not of characters.</summary>
    public static string Cut(string text, int width)
    {
        if (text.GetCellWidth() <= width) return text;
        var cut = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var size = rune.ToString().GetCellWidth();
            if (used + size > width - 1) break;
            cut.Append(rune);
            used += size;
        }

        return cut.Append('…').ToString();
    }

    /// <summary>Breaks between words; a longer word is cut.</summary>
    private static List<string> Wrap(string text, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            var longer = lines[^1].Length == 0 ? word : $"{lines[^1]} {word}";
            if (longer.GetCellWidth() <= width || lines[^1].Length == 0) lines[^1] = longer;
            else lines.Add(word);
        }

        return lines;
    }

    private static string Line(Cell[] row, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < row.Length; i++)
        {
            var text = Cut(row[i].Text, widths[i]);
            var markup = Terminal.Escape(text);
            line.Append(row[i].Style is { } style && text.Length > 0 ? $"[{style}]{markup}[/]" : markup);
            if (i < row.Length - 1) line.Append(' ', widths[i] - text.GetCellWidth() + Gap);
        }

        return line.ToString().TrimEnd();
    }
}
