namespace Auxo.Owners;

/// <summary><c>[a-z_]</c>, or all others: <c>[^a-z]</c>, <c>[!a-z]</c>.</summary>
internal sealed class CharacterSet
{
    private readonly List<(char From, char To)> _ranges = [];
    private readonly bool _others;

    private CharacterSet(bool others) => _others = others;

    /// <summary>Reads a set; null when it has no end.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="at">Where its bracket opens; afterwards, where it closes.</param>
    public static CharacterSet? Parse(string text, ref int at)
    {
        var i = at + 1;
        var others = i < text.Length && text[i] is '^' or '!';
        var set = new CharacterSet(others);
        for (i += others ? 1 : 0; i < text.Length && text[i] != ']'; i++)
        {
            var from = Letter(text, ref i);
            var to = from;
            if (i + 2 < text.Length && text[i + 1] == '-' && text[i + 2] != ']')
            {
                i += 2;
                to = Letter(text, ref i);
            }

            set._ranges.Add((from, to));
        }

        if (i >= text.Length || set._ranges.Count == 0) return null;
        at = i;
        return set;
    }

    public bool Has(char c)
    {
        foreach (var (from, to) in _ranges)
        {
            if (c >= from && c <= to) return !_others;
        }

        return _others;
    }

    private static char Letter(string text, ref int at) => text[at] == '\\' && at + 1 < text.Length ? text[++at] : text[at];
}
