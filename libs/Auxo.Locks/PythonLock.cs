using Tomlyn;
using Tomlyn.Model;

namespace Auxo.Locks;

/// <summary><c>uv.lock</c>, <c>poetry.lock</c> and <c>pylock.toml</c>: TOML with a table for each package.</summary>
public static class PythonLock
{
    /// <summary>What stands at a package that comes from a folder, a file or a repository of its own, not from an index.</summary>
    private static readonly string[] Elsewhere = ["git", "url", "path", "file", "directory", "editable", "virtual", "vcs", "archive"];

    /// <summary>Reads the packages of indexes.</summary>
    /// <exception cref="LockFormatException">It is no such file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        var toml = Parse(text);
        if (!toml.TryGetValue("package", out var list) && !toml.TryGetValue("packages", out list))
            return toml.ContainsKey("version") || toml.ContainsKey("metadata") || toml.ContainsKey("lock-version")
                ? [] : throw new LockFormatException("it has no list of packages");
        if (list is not IEnumerable<object?> packages) throw new LockFormatException("its packages are no list");
        var found = new List<LockedPackage>();
        foreach (var package in packages.OfType<TomlTable>())
        {
            if (Text(package, "name") is not { } name || Text(package, "version") is not { } version || IsElsewhere(package)) continue;
            LockJson.Add(found, new LockedPackage(name, version, $"name = \"{name}\""));
        }

        return found;
    }

    private static bool IsElsewhere(TomlTable package)
        => Elsewhere.Any(package.ContainsKey)
            || package.TryGetValue("source", out var source) && source is TomlTable table
                && (Text(table, "type") is { } type ? Elsewhere.Contains(type, StringComparer.Ordinal)
                    // uv names an index that is a folder of files like any other.
                    : Elsewhere.Any(table.ContainsKey));

    private static string? Text(TomlTable table, string key) => table.TryGetValue(key, out var value) ? value as string : null;

    /// <exception cref="LockFormatException">It is no TOML.</exception>
    internal static TomlTable Parse(string text)
    {
        try
        {
            return TomlSerializer.Deserialize<TomlTable>(text) ?? throw new LockFormatException("it is empty");
        }
        catch (TomlException e)
        {
            throw new LockFormatException(e.Line is { } line ? $"it is no TOML (line {line})" : "it is no TOML");
        }
    }
}
