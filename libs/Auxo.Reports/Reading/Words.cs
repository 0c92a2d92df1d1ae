using System.Globalization;
using System.Text;

namespace Auxo.Reports.Reading;

/// <summary>Texts and numbers of reports.</summary>
internal static class Words
{
    /// <summary>Cuts a text, and writes U+FFFD for the zero character, which hardly anything that comes after can hold.</summary>
    public static string Clip(string text, int most)
        => (text.Length <= most ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…"))
            .Replace('\0', '\uFFFD');

    /// <summary>The first line that says something.</summary>
    public static string FirstLine(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.Trim().IsEmpty) return Clip(line.Trim().ToString(), ReportLimits.Message);
        }

        return "";
    }

    /// <summary>The first lines of what a test says.</summary>
    public static string FirstLines(string text)
    {
        var kept = new StringBuilder();
        var count = 0;
        foreach (var line in text.AsSpan().Trim().EnumerateLines())
        {
            if (++count > ReportLimits.DetailLines || kept.Length > ReportLimits.Detail) break;
            kept.Append(kept.Length == 0 ? "" : "\n").Append(line.TrimEnd());
        }

        return Clip(kept.ToString(), ReportLimits.Detail);
    }

    /// <summary>Seconds, also with commas between the thousands; null when it is no time.</summary>
    public static TimeSpan? Seconds(string? text)
        => double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var seconds)
            ? Duration(seconds)
            : null;

    /// <summary>A length of time; null when it is none.</summary>
    public static TimeSpan? Duration(double seconds) => seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>How many tests a header announces; 0 when it says nothing of it.</summary>
    public static int Count(string? text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>How often a line ran. Some tools subtract below nothing, some count further than a number holds.</summary>
    public static long Hits(string? text)
        => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var hits) ? Math.Max(0, hits)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var many) && many > 0
                ? many >= long.MaxValue ? long.MaxValue : (long)many
                : 0;

    /// <summary>The lines of a text file with their numbers from 1.</summary>
    public static IEnumerable<(int Number, string Line)> Lines(ReadOnlyMemory<byte> content)
    {
        var rest = content.Span.StartsWith(Encoding.UTF8.Preamble) ? content[3..] : content;
        for (var number = 1; !rest.IsEmpty; number++)
        {
            if (number > ReportLimits.Elements) throw new ContentException($"more than {ReportLimits.Elements} lines");
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            yield return (number, Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, 64 << 10)]).TrimEnd('\r'));
        }
    }
}
