namespace Auxo.Locks;

/// <summary>A kind of lock file that names every package of an installation with its exact version.</summary>
/// <param name="Name">A file's name, or its beginning and end with a <c>*</c> between.</param>
/// <param name="Packages">Of which registry its packages are: <c>npm</c>, <c>pypi</c> or <c>nuget</c>.</param>
/// <param name="Read">Reads them; it throws <see cref="LockFormatException"/> when the text is not what its name says.</param>
public sealed record LockFormat(string Name, string Packages, Func<string, IReadOnlyList<LockedPackage>> Read)
{
    /// <summary>All that are known.</summary>
    public static IReadOnlyList<LockFormat> All { get; } =
    [
        new("package-lock.json", "npm", NpmLock.Read), new("npm-shrinkwrap.json", "npm", NpmLock.Read),
        new("pnpm-lock.yaml", "npm", PnpmLock.Read), new("yarn.lock", "npm", YarnLock.Read), new("bun.lock", "npm", BunLock.Read),
        new("packages.lock.json", "nuget", NuGetLock.Read),
        new("uv.lock", "pypi", PythonLock.Read), new("poetry.lock", "pypi", PythonLock.Read), new("pylock*.toml", "pypi", PythonLock.Read),
        new("Pipfile.lock", "pypi", PipfileLock.Read), new("*requirements*.txt", "pypi", RequirementsFile.Read),
    ];

    /// <summary>The kind of a file by its name without folders; null when it is none.</summary>
    public static LockFormat? Find(string fileName) => All.FirstOrDefault(format => format.IsName(fileName));

    /// <summary>The packages, each version once.</summary>
    /// <exception cref="LockFormatException">The text is not what its name says.</exception>
    public IReadOnlyList<LockedPackage> PackagesOf(string text)
    {
        try
        {
            return [.. Read(text).DistinctBy(static package => (package.Name, package.Version))];
        }
        catch (InvalidOperationException)
        {
            // Half a character, as JSON can write it.
            throw new LockFormatException("it holds text that is no Unicode");
        }
    }

    private bool IsName(string fileName)
    {
        var (at, parts) = (0, Name.Split('*'));
        if (parts.Length == 1) return fileName == Name;
        if (!fileName.StartsWith(parts[0], StringComparison.Ordinal) || !fileName.EndsWith(parts[^1], StringComparison.Ordinal))
            return false;
        foreach (var part in parts)
        {
            at = fileName.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0) return false;
            at += part.Length;
        }

        return true;
    }
}
