namespace Auxo.Registry.Access;

/// <summary>A pattern of package names: <c>*</c> is any number of any characters, everything else is itself.</summary>
public static class PackagePattern
{
    /// <summary>Whether a name, in its normal form, is meant.</summary>
    public static bool Matches(string pattern, string name)
    {
        // The usual two pointers: what a star took is given back one by one, and never more than pattern times name steps are made.
        var (p, n, star, taken) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, taken) = (p++, n);
            else if (p < pattern.Length && pattern[p] == name[n]) (p, n) = (p + 1, n + 1);
            else if (star >= 0) (p, n) = (star + 1, ++taken);
            else return false;
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
