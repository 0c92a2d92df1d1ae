namespace Auxo.Owners;

/// <summary>
/// Finds the few patterns that may match a path by a name that each of them must have in it, so that a thousand lines cost little more
/// than ten.
/// </summary>
internal sealed class GlobIndex
{
    private readonly Dictionary<string, List<int>> _byFirst = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _byExtension = new(StringComparer.Ordinal);
    private readonly List<int> _others = [];

    public GlobIndex(IReadOnlyList<GlobPattern> patterns)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            var (kind, text) = patterns[i].Needs;
            var into = kind switch
            {
                GlobNeed.First => Of(_byFirst, text),
                GlobNeed.Name => Of(_byName, text),
                GlobNeed.Extension => Of(_byExtension, text),
                _ => _others,
            };
            into.Add(i);
        }
    }

    /// <summary>The patterns that may match, the last first.</summary>
    public List<int> Candidates(in RepositoryPath path)
    {
        var found = new List<int>(_others);
        Look(_byFirst, path[0], found);
        for (var i = 0; i < path.Count; i++)
        {
            var name = path[i];
            Look(_byName, name, found);
            if (name.LastIndexOf('.') is >= 0 and var dot) Look(_byExtension, name[dot..], found);
        }

        found.Sort(static (one, other) => other.CompareTo(one));
        return found;
    }

    private static List<int> Of(Dictionary<string, List<int>> lists, string key)
        => lists.TryGetValue(key, out var list) ? list : lists[key] = [];

    private static void Look(Dictionary<string, List<int>> lists, ReadOnlySpan<char> key, List<int> found)
    {
        if (lists.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var list)) found.AddRange(list);
    }
}

/// <summary>What a path must have for a pattern to match it.</summary>
internal enum GlobNeed
{
    /// <summary>Nothing in particular.</summary>
    None,

    /// <summary>That name at its top.</summary>
    First,

    /// <summary>That name somewhere.</summary>
    Name,

    /// <summary>A name that ends so, from its last point.</summary>
    Extension,
}
