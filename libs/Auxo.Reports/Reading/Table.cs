using System.Text;

namespace Auxo.Reports.Reading;

/// <summary>A file of values with commas between them; a value in quotes may hold commas, line ends and doubled quotes.</summary>
internal static class Table
{
    /// <summary>Its rows, each with the names of the first, which has to have these.</summary>
    public static IEnumerable<Dictionary<string, string>> Rows(ReadOnlyMemory<byte> content, params string[] needed)
    {
        var text = Encoding.UTF8.GetString(content.Span).TrimStart('\uFEFF');
        List<string>? names = null;
        var position = 0;
        var count = 0;
        while (position < text.Length)
        {
            var row = Row(text, ref position);
            if (row is [""]) continue;
            if (names is null)
            {
                names = row;
                if (Array.Find(needed, name => !row.Contains(name)) is { } missing)
                    throw new ContentException($"the first row has no '{missing}'");
                continue;
            }

            if (++count > ReportLimits.Entries) throw new ContentException($"more than {ReportLimits.Entries} rows");
            if (row.Count != names.Count)
                throw new ContentException($"row {count + 1} has {row.Count} values where the first has {names.Count}");
            var named = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in names.Zip(row)) named[name] = value;
            yield return named;
        }
    }

    private static List<string> Row(string text, ref int position)
    {
        var values = new List<string>();
        while (true)
        {
            values.Add(Value(text, ref position));
            if (values.Count > 1000) throw new ContentException("more than 1000 values in one row");
            if (position >= text.Length) return values;
            if (text[position++] != ',') return values;
        }
    }

    /// <summary>Leaves the position at the comma or the line feed behind the value, or at the end.</summary>
    private static string Value(string text, ref int position)
    {
        if (position < text.Length && text[position] == '"')
        {
            var value = new StringBuilder();
            for (position++; position < text.Length; position++)
            {
                if (text[position] != '"') value.Append(text[position]);
                else if (position + 1 < text.Length && text[position + 1] == '"') value.Append(text[position++]);
                else break;
            }

            if (position >= text.Length) throw new ContentException("a quoted value has no end");
            position++;
            while (position < text.Length && text[position] is not (',' or '\n')) position++;
            return value.ToString();
        }

        var end = text.AsSpan(position).IndexOfAny(',', '\n');
        var start = position;
        position = end < 0 ? text.Length : position + end;
        return text[start..position].TrimEnd('\r');
    }
}
