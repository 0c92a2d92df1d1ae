using System.Text.Json;

namespace Auxo.Locks.Direct;

/// <summary>What <c>package.json</c>, or the copy of it in a lock file, names.</summary>
internal static class NpmDirect
{
    private const string Modules = "node_modules/";

    /// <summary>Peers are what others have to bring.</summary>
    private static readonly string[] Groups = ["dependencies", "devDependencies", "optionalDependencies"];

    /// <summary>Of npm: each project of it with the packages that it finds first. Version 1 needs the manifest.</summary>
    public static IEnumerable<LockedPackage> OfNpm(string text, string? manifest)
    {
        using var json = LockJson.Parse(text, maxDepth: 256);
        if (!json.RootElement.TryGetProperty("packages", out var packages))
        {
            var names = Ranges(manifest).Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
            return names.Count == 0 ? [] : [.. TopLevel(json.RootElement).Where(package => names.Contains(package.Name))];
        }

        var all = ByName(packages, "packages");
        var found = new List<LockedPackage>();
        foreach (var (path, project) in all.Where(static one => !one.Key.Contains(Modules, StringComparison.Ordinal)))
        {
            foreach (var name in Names(project))
            {
                var at = path.Length == 0 ? "" : path + "/";
                if ((all.TryGetValue($"{at}{Modules}{name}", out var package) || all.TryGetValue(Modules + name, out package))
                    && LockJson.Text(package, "version") is { } version)
                    LockJson.Add(found, new LockedPackage(LockJson.Text(package, "name") ?? name, version, $"\"{Modules}{name}\""));
            }
        }

        return found;
    }

    /// <summary>Of yarn: the entry of exactly the range that the manifest asks for.</summary>
    public static IEnumerable<LockedPackage> OfYarn(string text, string? manifest)
    {
        var byRange = new Dictionary<string, LockedPackage>(StringComparer.Ordinal);
        foreach (var package in YarnLock.Read(text))
            foreach (var range in package.Mark.TrimEnd(':').Split(',', StringSplitOptions.TrimEntries))
                byRange.TryAdd(range.Trim('"', ' '), package);
        return Ranges(manifest)
            .Select(one => byRange.GetValueOrDefault($"{one.Name}@{one.Range}") ?? byRange.GetValueOrDefault($"{one.Name}@npm:{one.Range}"))
            .OfType<LockedPackage>();
    }

    /// <summary>Of bun: the packages at the top that one of its projects names.</summary>
    public static IEnumerable<LockedPackage> OfBun(string text)
    {
        using var json = LockJson.Parse(text, commas: true);
        if (!json.RootElement.TryGetProperty("packages", out _)) throw new LockFormatException("it has no 'packages'");
        var names = json.RootElement.TryGetProperty("workspaces", out var projects)
            ? LockJson.Members(projects, "workspaces").SelectMany(static project => Names(project.Value)).ToHashSet(StringComparer.Ordinal)
            : [];
        // Its mark begins with the key, which at the top is the name by which the project knows it.
        var marks = names.Select(static name => $"\"{name}\": [").ToHashSet(StringComparer.Ordinal);
        return [.. BunLock.Read(text).Where(package => marks.Contains(package.Mark))];
    }

    /// <summary>The names and ranges of a manifest; none without one.</summary>
    private static IEnumerable<(string Name, string Range)> Ranges(string? manifest)
    {
        if (manifest is null) return [];
        using var json = LockJson.Parse(manifest);
        return [.. Groups.SelectMany(group => Members(json.RootElement, group))
            .Where(static one => one.Value.ValueKind == JsonValueKind.String).Select(static one => (one.Name, one.Value.GetString()!))];
    }

    private static List<LockedPackage> TopLevel(JsonElement root)
    {
        var found = new List<LockedPackage>();
        foreach (var package in Members(root, "dependencies"))
            if (LockJson.Text(package.Value, "version") is { } version)
                LockJson.Add(found, new LockedPackage(package.Name, version, $"\"{package.Name}\": {{"));
        return found;
    }

    private static IEnumerable<string> Names(JsonElement project)
        => Groups.SelectMany(group => Members(project, group)).Select(static one => one.Name);

    private static IEnumerable<JsonProperty> Members(JsonElement of, string name)
    {
        if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(name, out var group) || group.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var member in group.EnumerateObject()) yield return member;
    }

    private static Dictionary<string, JsonElement> ByName(JsonElement packages, string what)
    {
        var all = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var package in LockJson.Members(packages, what)) all[package.Name] = package.Value;
        return all;
    }
}
