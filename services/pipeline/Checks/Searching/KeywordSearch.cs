namespace Auxo.Pipeline.Checks.Searching;

/// <summary>
/// Finds where one of many words begins in a text, in upper or lower case. Each word is in one of eight groups. Two
/// tables say in which groups a word begins with two characters, and in which it goes on with the two behind them: a
/// place where no group is in both is no word's, and that is nearly every place. The rest is compared.
/// </summary>
internal sealed class KeywordSearch
{
    private const int Groups = 8;
    private const int Characters = 1 << 7;
    private const int Pairs = Characters * Characters;

    /// <summary>Characters that the two tables look at.</summary>
    private const int Window = 4;

    private readonly byte[] _begins = new byte[Pairs];
    private readonly byte[] _goesOn = new byte[Pairs];

    /// <summary>By their first character.</summary>
    private readonly string[][] _words;

    /// <summary>Takes the words.</summary>
    /// <param name="words">In lower case, ASCII, of two characters or more.</param>
    public KeywordSearch(IReadOnlyCollection<string> words)
    {
        _words = [.. Enumerable.Range(0, Characters)
            .Select(c => words.Where(word => word[0] == char.ToLowerInvariant((char)c)).ToArray())];
        // Words with the same beginning share a group. The last one is for the shortest: these go on with anything.
        var sorted = words.Where(static word => word.Length > 2).Order(StringComparer.Ordinal).ToList();
        for (var i = 0; i < sorted.Count; i++) Add(sorted[i], (byte)(1 << i * (Groups - 1) / sorted.Count));
        foreach (var word in words.Where(static word => word.Length == 2)) Add(word, 1 << Groups - 1);
    }

    /// <summary>The first place where a word begins; -1 for none.</summary>
    public int IndexIn(ReadOnlySpan<char> text)
    {
        var (begins, goesOn) = (_begins, _goesOn);
        if (text.Length >= Window)
        {
            var (first, next) = (Pair(text[0], text[1]), Pair(text[1], text[2]));
            for (var i = Window - 1; i < text.Length; i++)
            {
                var second = (next * Characters + Folded(text[i])) & (Pairs - 1);
                var at = i - (Window - 1);
                if ((begins[first] & goesOn[second]) != 0 && IsWord(text[at..])) return at;
                (first, next) = (next, second);
            }
        }

        for (var at = Math.Max(0, text.Length - (Window - 1)); at < text.Length; at++)
        {
            if (IsWord(text[at..])) return at;
        }

        return -1;
    }

    private void Add(string word, byte group)
    {
        _begins[Pair(word[0], word[1])] |= group;
        for (var pair = 0; pair < Pairs; pair++)
        {
            if ((word.Length < 3 || Folded(word[2]) == pair / Characters)
                && (word.Length < 4 || Folded(word[3]) == pair % Characters))
                _goesOn[pair] |= group;
        }
    }

    private bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (var word in _words[text[0] & (Characters - 1)])
        {
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static int Pair(int first, int second) => Folded(first) * Characters + Folded(second);

    /// <summary>The same for a letter in both cases, and for some that are none: what is compared decides.</summary>
    private static int Folded(int character) => character & (Characters - 1) | 0x20;
}
