using System.Globalization;
using System.Text;

namespace Auxo.Console.Parts;

/// <summary>
/// Characters that cannot be seen, or that change how others are seen: those that turn the direction of writing, marks without
/// width, and those that steer terminals. A page names them, so that nothing hides from who reads it.
/// </summary>
internal static class OddCharacters
{
    /// <summary>The text in parts: what is shown as it is, and the names of what cannot be seen.</summary>
    /// <param name="text">As somebody wrote it.</param>
    /// <param name="plain">Those that are meant, such as a tab in code.</param>
    public static IEnumerable<(string Text, bool IsOdd)> Split(string text, string plain = "")
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            if (text.Length > 0) yield return (text, false);
            yield break;
        }

        var begin = 0;
        for (var i = 0; i < text.Length;)
        {
            var rune = Rune.TryGetRuneAt(text, i, out var found) ? found : Rune.ReplacementChar;
            var length = rune == Rune.ReplacementChar ? 1 : rune.Utf16SequenceLength;
            if (IsOdd(rune) && !(rune.IsBmp && plain.Contains((char)rune.Value)))
            {
                if (i > begin) yield return (text[begin..i], false);
                yield return (Name(rune), true);
                begin = i + length;
            }

            i += length;
        }

        if (begin < text.Length) yield return (text[begin..], false);
    }

    private static bool IsOdd(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Such as <c>␛</c> or <c>U+202E</c>.</summary>
    private static string Name(Rune rune) => rune.Value switch
    {
        < 0x20 => ((char)(0x2400 + rune.Value)).ToString(),
        0x7F => "\u2421",
        var value => string.Create(CultureInfo.InvariantCulture, $"U+{value:X4}"),
    };
}
