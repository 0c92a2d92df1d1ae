namespace Auxo.Locks;

/// <summary><c>yarn.lock</c>, as yarn 1 writes it and as YAML from yarn 2 on.</summary>
public static class YarnLock
{
    /// <summary>Reads the packages of registries.</summary>
    /// <exception cref="LockFormatException">It is no such file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        var found = new List<LockedPackage>();
        string? header = null;
        foreach (var line in text.Split('\n').Select(static line => line.TrimEnd('\r')))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] != ' ')
            {
                if (!line.EndsWith(':')) throw new LockFormatException("it is no yarn.lock: a line at its margin names no package");
                header = line;
                continue;
            }

            if (header is null || !line.StartsWith("  version", StringComparison.Ordinal)) continue;
            var version = line["  version".Length..].TrimStart(':', ' ').Trim('"');
            if (NameOf(header) is { } name) LockJson.Add(found, new LockedPackage(name, version, header));
            header = null;
        }

        return found;
    }

    /// <summary>Of <c>"@a/b@^1.0.0", "@a/b@~1.1":</c> it is <c>@a/b</c>; null for what is in no registry.</summary>
    private static string? NameOf(string header)
    {
        var first = header.TrimEnd(':').Split(',')[0].Trim().Trim('"');
        if (first.IndexOf('@', 1) is not (> 0 and var at)) return null;
        var (name, range) = (first[..at], first[(at + 1)..]);
        if (range.StartsWith("npm:", StringComparison.Ordinal))
        {
            // Since yarn 2 every range begins so; another name stands there for an alias.
            range = range[4..];
            return range.LastIndexOf('@') is > 0 and var alias ? range[..alias] : name;
        }

        return range.Contains(':', StringComparison.Ordinal) ? null : name;
    }
}
