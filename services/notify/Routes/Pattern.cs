namespace Auxo.Notify.Routes;

/// <summary>Patterns of routes: <c>*</c> stands for any run of characters, everything else for itself.</summary>
public static class Pattern
{
    /// <summary>Whether a text fits. Takes at most the product of both lengths; nothing is ever tried exponentially often.</summary>
    public static bool Matches(string pattern, string text)
    {
        var (p, t, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark, p) = (p, t, p + 1);
            else if (p < pattern.Length && pattern[p] == text[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
