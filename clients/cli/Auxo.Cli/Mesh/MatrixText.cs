using System.Globalization;
using System.Text;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Mesh;

/// <summary>The matrix as lines of a terminal: the row sees the column. Wide cells have the round trip, narrow ones a sign only.</summary>
internal static class MatrixText
{
    /// <summary>What the signs mean.</summary>
    public const string Legend = "row sees column: ✓ direct, ~ over a relay, + connected, ! see below, ✗ not connected, ? silent";

    private const int LongestName = 20;

    /// <summary>The lines, as markup.</summary>
    public static IEnumerable<string> Lines(MeshMatrix matrix, int width)
    {
        var count = matrix.Nodes.Count;
        var names = Math.Min(LongestName, matrix.Nodes.Max(static n => n.Name.Length));
        var cells = matrix.Pairs.ToDictionary(static p => (p.From, p.To), static p => Cell(p, wide: true));
        var digits = count.ToString(CultureInfo.InvariantCulture).Length;
        var start = digits + 1 + names;
        var wide = cells.Values.Select(static c => c.Text.Length).DefaultIfEmpty(1).Max();
        var isWide = start + (count * (Math.Max(wide, digits) + 2)) <= width;
        if (!isWide) cells = matrix.Pairs.ToDictionary(static p => (p.From, p.To), static p => Cell(p, wide: false));
        // A column of narrow cells is as wide as its number, and of many nodes as narrow as its sign.
        var column = isWide ? Math.Max(wide, digits) + 2 : start + (count * (digits + 1)) <= width ? digits + 1 : 2;
        foreach (var header in Header(count, digits, column)) yield return $"[dim]{new string(' ', start)}{header}[/]";
        foreach (var (i, row) in matrix.Nodes.Index())
        {
            var line = new StringBuilder($"[dim]{(i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(digits)}[/] ");
            line.Append(Terminal.Safe(Columns.Cut(row.Name, names))).Append(' ', Math.Max(0, names - row.Name.Length));
            foreach (var to in matrix.Nodes)
            {
                var cell = to == row ? new Cell("·", "dim") : cells.GetValueOrDefault((row.Name, to.Name), new Cell("?", "dim"));
                line.Append(' ', column - cell.Text.Length).Append($"[{cell.Style}]{Terminal.Escape(cell.Text)}[/]");
            }

            yield return line.ToString();
        }
    }

    /// <summary>A time as it stands in a cell: <c>4ms</c>, <c>1.2s</c>.</summary>
    public static string Time(double seconds) => seconds switch
    {
        < 0.001 => "<1ms",
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0}ms"),
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0}s"),
    };

    private static Cell Cell(MeshPair pair, bool wide)
    {
        var (sign, style) = pair.State switch
        {
            "direct" => ("✓", "green"),
            "relayed" => ("~", "yellow"),
            "connected" => ("+", "green"),
            "warning" => ("!", "yellow"),
            "failing" => ("✗", "red"),
            _ => ("?", "red"),
        };
        return new Cell(wide && pair.RttSeconds is { } rtt && !pair.IsFailing ? $"{sign} {Time(rtt)}" : sign, style);
    }

    /// <summary>The numbers of the columns; one digit below the other where columns are narrower than they are.</summary>
    private static IEnumerable<string> Header(int count, int digits, int column)
    {
        var numbers = Enumerable.Range(1, count).Select(static n => n.ToString(CultureInfo.InvariantCulture)).ToList();
        if (column > digits)
        {
            yield return string.Concat(numbers.Select(n => n.PadLeft(column)));
            yield break;
        }

        for (var d = 0; d < digits; d++)
            yield return string.Concat(numbers.Select(n => n.PadLeft(digits)[d].ToString().PadLeft(column)));
    }
}
