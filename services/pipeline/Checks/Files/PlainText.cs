using System.Globalization;
using System.Text;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>Text that came from outside, made fit for one line of a log or a comment.</summary>
public static class PlainText
{
    /// <summary>
    /// One line of at most <paramref name="max"/> characters; control, format and bidirectional characters become spaces.
    /// </summary>
    public static string OneLine(string text, int max = 300)
    {
        var line = new StringBuilder(Math.Min(text.Length, max));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= max)
            {
                line.Append('…');
                break;
            }

            var odd = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
            if (odd) line.Append(' ');
            else line.Append(rune.ToString());
        }

        return line.ToString().Trim();
    }
}
