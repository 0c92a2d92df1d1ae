namespace Auxo.Metrics.Facts;

/// <summary>Words of strangers, such as titles, on their way into documents.</summary>
internal static class PlainText
{
    private const int Longest = 200;

    /// <summary>
    /// One line without control characters (PostgreSQL's jsonb cannot hold U+0000, and one title must not stop a projection),
    /// at most 200 characters.
    /// </summary>
    public static string Of(string text)
    {
        if (text.Length <= Longest && !text.Any(char.IsControl)) return text;
        var length = text.Length <= Longest ? text.Length : char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
        return string.Create(length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
