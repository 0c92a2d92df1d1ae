using System.Text.Json;

namespace Auxo.Locks;

/// <summary><c>package-lock.json</c> and <c>npm-shrinkwrap.json</c> of the versions 1, 2 and 3.</summary>
public static class NpmLock
{
    private const string Modules = "node_modules/";

    /// <summary>Version 1 nests what a package brings along; deeper than that no program writes it.</summary>
    private const int MaxDepth = 256;

    /// <summary>Reads the packages; links and the repository's own are none.</summary>
    /// <exception cref="LockFormatException">It is no such file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        using var json = LockJson.Parse(text, MaxDepth);
        var found = new List<LockedPackage>();
        // Version 2 has both lists, and says in the new one what the old one cannot.
        if (json.RootElement.TryGetProperty("packages", out var packages)) AddPackages(packages, found);
        else if (json.RootElement.TryGetProperty("dependencies", out var nested)) AddNested(nested, found);
        else if (!json.RootElement.TryGetProperty("lockfileVersion", out _))
            throw new LockFormatException("it has neither packages nor dependencies");
        return found;
    }

    private static void AddPackages(JsonElement packages, List<LockedPackage> found)
    {
        foreach (var package in LockJson.Members(packages, "packages"))
        {
            var at = package.Name.LastIndexOf(Modules, StringComparison.Ordinal);
            if (at < 0 || package.Value.ValueKind != JsonValueKind.Object || package.Value.TryGetProperty("link", out _)) continue;
            var name = LockJson.Text(package.Value, "name") ?? package.Name[(at + Modules.Length)..];
            if (LockJson.Text(package.Value, "version") is { } version)
                LockJson.Add(found, new LockedPackage(name, version, $"\"{package.Name}\""));
        }
    }

    private static void AddNested(JsonElement dependencies, List<LockedPackage> found)
    {
        foreach (var package in LockJson.Members(dependencies, "dependencies"))
        {
            if (LockJson.Text(package.Value, "version") is { } version)
            {
                var (name, exact) = Alias(package.Name, version);
                LockJson.Add(found, new LockedPackage(name, exact, $"\"{package.Name}\": {{"));
            }

            if (package.Value.ValueKind == JsonValueKind.Object && package.Value.TryGetProperty("dependencies", out var inner))
                AddNested(inner, found);
        }
    }

    /// <summary><c>npm:other@1.0.0</c> stands where a package is known by another name.</summary>
    private static (string Name, string Version) Alias(string name, string version)
        => version.StartsWith("npm:", StringComparison.Ordinal) && version.LastIndexOf('@') is > 4 and var at
            ? (version[4..at], version[(at + 1)..])
            : (name, version);
}
