using System.Buffers;
using System.Text;

namespace Auxo.Cli.Output;

/// <summary>
/// Words of strangers on our terminal: titles, paths and whole logs come from whoever pushed, and a terminal obeys escape
/// sequences (it renames windows, answers questions, rewrites lines). Colours may stay in logs; nothing else may.
/// </summary>
internal static class TamedText
{
    private static readonly SearchValues<char> ColourDigits = SearchValues.Create("0123456789;:");

    /// <summary>A log's text: line ends, tabs and colours stay; every other control character becomes visible.</summary>
    public static string Tame(string text, bool colours)
    {
        var tame = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\u001b')
            {
                var length = ColourLength(text.AsSpan(i));
                if (length == 0) tame.Append('\u241b');
                else if (colours) tame.Append(text, i, length);
                i += Math.Max(length - 1, 0);
            }
            else if (IsControl(text[i]) && text[i] is not ('\n' or '\t' or '\r'))
            {
                tame.Append('\uFFFD');
            }
            else
            {
                tame.Append(text[i]);
            }
        }

        return tame.ToString();
    }

    /// <summary>A title or a path: on one line, without any control character.</summary>
    public static string OneLine(string text)
        => text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && !text.Any(IsControl)
            ? text
            : string.Create(text.Length, text, static (span, source) =>
            {
                for (var i = 0; i < span.Length; i++) span[i] = source[i] is '\n'
                    or '\r' or '\t' ? ' ' : IsControl(source[i]) ? '\uFFFD' : source[i];
            });

    /// <summary>C0, C1, DEL, and the characters that turn the direction of text around (a path that reads backwards).</summary>
    private static bool IsControl(char c) => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    /// <summary>The length of <c>ESC [ digits ; … m</c> at the start; 0 for anything else.</summary>
    private static int ColourLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[1] != '[') return 0;
        var end = text[2..].IndexOfAnyExcept(ColourDigits);
        return end >= 0 && end < 40 && text[end + 2] == 'm' ? end + 3 : 0;
    }
}
