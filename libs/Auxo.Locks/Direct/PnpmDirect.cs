namespace Auxo.Locks.Direct;

/// <summary>
/// What the projects of a <c>pnpm-lock.yaml</c> name: below <c>importers</c>, or, where there is only one project and the format is older
/// than version 9, at the top.
/// </summary>
internal static class PnpmDirect
{
    private static readonly string[] Groups = ["dependencies:", "devDependencies:", "optionalDependencies:"];

    public static IEnumerable<LockedPackage> Read(string text)
    {
        if (!text.Contains("lockfileVersion", StringComparison.Ordinal)) throw new LockFormatException("it has no 'lockfileVersion'");
        var found = new List<LockedPackage>();
        // How deep groups stand, whether one is open, and the name whose version is looked for.
        var (depth, isOpen, name) = (0, false, (string?)null);
        foreach (var line in text.Split('\n').Select(static line => line.TrimEnd('\r', ' ')))
        {
            var indent = line.Length - line.TrimStart(' ').Length;
            var word = line[indent..];
            if (word.Length == 0 || word[0] == '#') continue;
            if (indent == 0) (depth, isOpen) = (word == "importers:" ? 4 : 0, Groups.Contains(word, StringComparer.Ordinal));
            else if (indent == depth && depth > 0) isOpen = Groups.Contains(word, StringComparer.Ordinal);
            else if (indent < depth) isOpen = false;
            else if (isOpen && indent == depth + 2) name = Begin(word, found);
            else if (isOpen && indent == depth + 4 && name is not null && word.StartsWith("version:", StringComparison.Ordinal))
                Add(found, name, word["version:".Length..]);
        }

        return found;
    }

    /// <summary><c>name:</c>, with its version on a line of its own, or <c>name: 1.0.0</c>.</summary>
    private static string? Begin(string word, List<LockedPackage> found)
    {
        var colon = word.EndsWith(':') ? word.Length - 1 : word.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0) return null;
        var name = word[..colon].Trim('\'', '"');
        if (colon < word.Length - 1) Add(found, name, word[(colon + 1)..]);
        return name;
    }

    /// <summary>A version may name the peers that it was taken with, and another package where the name is an alias.</summary>
    private static void Add(List<LockedPackage> found, string name, string said)
    {
        var version = said.Trim().Trim('\'', '"').TrimStart('/');
        version = version.Split('(', '_')[0];
        // A link, a file or an address.
        if (version.Contains(':', StringComparison.Ordinal)) return;
        var at = version.LastIndexOfAny(['@', '/']);
        var (known, exact) = at > 0 ? (version[..at], version[(at + 1)..]) : (name, version);
        LockJson.Add(found, new LockedPackage(known, exact, $"{name}:"));
    }
}
