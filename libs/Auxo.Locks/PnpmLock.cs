namespace Auxo.Locks;

/// <summary><c>pnpm-lock.yaml</c>: the keys of <c>packages</c>, as the versions 5 to 9 of the format write them.</summary>
public static class PnpmLock
{
    /// <summary>Reads the packages of registries.</summary>
    /// <exception cref="LockFormatException">It is no such file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        if (!text.Contains("lockfileVersion", StringComparison.Ordinal)) throw new LockFormatException("it has no 'lockfileVersion'");
        var found = new List<LockedPackage>();
        var five = text.Contains("lockfileVersion: 5", StringComparison.Ordinal);
        var inside = false;
        foreach (var line in text.Split('\n').Select(static line => line.TrimEnd('\r')))
        {
            if (line.Length > 0 && line[0] != ' ') inside = line == "packages:";
            else if (inside && line.Length > 3 && line[2] != ' ' && line.StartsWith("  ", StringComparison.Ordinal) && line.EndsWith(':')
                && Split(line.Trim().TrimEnd(':').Trim('\'', '"'), five) is { } package)
                LockJson.Add(found, new LockedPackage(package.Name, package.Version, line));
        }

        return found;
    }

    /// <summary><c>a@1.0.0</c>, <c>/a@1.0.0(b@2.0.0)</c> and, in version 5, <c>/a/1.0.0_b@2.0.0</c>.</summary>
    private static (string Name, string Version)? Split(string key, bool five)
    {
        key = key.TrimStart('/');
        if (!five && key.IndexOf('(', StringComparison.Ordinal) is > 0 and var peers) key = key[..peers];
        return key.LastIndexOf(five ? '/' : '@') is > 0 and var at ? (key[..at], key[(at + 1)..].Split('_')[0]) : null;
    }
}
