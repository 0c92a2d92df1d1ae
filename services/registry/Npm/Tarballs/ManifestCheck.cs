using System.Text.Json;

using Auxo.Registry.Npm.Names;

namespace Auxo.Registry.Npm.Tarballs;

/// <summary>
/// Compares what a publish request says of a package with the <c>package.json</c> in its tarball. Clients show and resolve by the
/// one and run the other: if they differed, nobody who reads the one would see what the other does.
/// </summary>
internal static class ManifestCheck
{
    /// <summary>What differs, as the end of a sentence; null when nothing does that an installer goes by.</summary>
    /// <param name="manifest">The version as it was sent.</param>
    /// <param name="package">The file in the tarball.</param>
    /// <param name="tarball">npm adds what it would do by itself to the first of the two.</param>
    public static string? Refuse(JsonElement manifest, JsonElement package, Tarball tarball)
    {
        if (package.ValueKind != JsonValueKind.Object) return "the tarball's package.json is no JSON object";
        foreach (var member in (ReadOnlySpan<string>)["name", "version"])
        {
            var (said, inside) = (Clean(member, Text(manifest, member)), Clean(member, Text(package, member)));
            if (said != inside) return $"its '{member}' is '{Shown(said)}', and '{Shown(inside)}' in the tarball's package.json";
        }

        return Differ("dependencies", Dependencies(manifest), Dependencies(package), static (_, _) => false)
            ?? Differ("scripts", Scripts(manifest), Scripts(package), (name, value) => IsAdded(name, value, tarball))
            ?? Differ("bin", Bin(manifest), Bin(package), (_, value) => IsInBinFolder(value, package));
    }

    private static string? Differ(
        string what, Dictionary<string, string> said, Dictionary<string, string> inside, Func<string, string, bool> mayBeAdded)
    {
        foreach (var (name, value) in said)
        {
            if (!inside.TryGetValue(name, out var other) && !mayBeAdded(name, value))
                return $"it has '{Shown(name)}' in '{what}', which the tarball's package.json has not";
            if (other is not null && other != value)
                return $"'{Shown(name)}' in '{what}' is '{Shown(value)}', and '{Shown(other)}' in the tarball's package.json";
        }

        foreach (var name in inside.Keys)
        {
            if (!said.ContainsKey(name)) return $"it has no '{Shown(name)}' in '{what}', which the tarball's package.json has";
        }

        return null;
    }

    /// <summary>npm writes a version without what may stand before it.</summary>
    private static string Clean(string member, string text) => member == "version" ? text.Trim().TrimStart('v', '=', ' ') : text.Trim();

    /// <summary>The optional ones are dependencies too, and some clients list them twice.</summary>
    private static Dictionary<string, string> Dependencies(JsonElement of)
    {
        var all = Texts(of, "dependencies");
        foreach (var (name, range) in Texts(of, "optionalDependencies")) all[name] = range;
        return all;
    }

    private static Dictionary<string, string> Scripts(JsonElement of)
    {
        var scripts = Texts(of, "scripts");
        foreach (var (name, command) in scripts)
        {
            const string Local = "node_modules/.bin/";
            var path = command.StartsWith("./", StringComparison.Ordinal) ? command[2..] : command;
            if (path.StartsWith(Local, StringComparison.Ordinal)) scripts[name] = path[Local.Length..];
        }

        return scripts;
    }

    private static Dictionary<string, string> Bin(JsonElement of)
    {
        var bins = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!of.TryGetProperty("bin", out var bin)) return bins;
        if (bin.ValueKind == JsonValueKind.String && NpmName.TryParse(Text(of, "name"), out var name, out _))
            bins[name.Bare] = PathOf(bin.GetString()!);
        foreach (var (key, path) in Texts(of, "bin")) bins[key[(key.LastIndexOfAny(['/', '\\', ':']) + 1)..]] = PathOf(path);
        return bins;
    }

    /// <summary>Seen from the package's folder, which it cannot leave.</summary>
    private static string PathOf(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Replace('\\', '/').Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    private static bool IsAdded(string name, string value, Tarball tarball)
        => (name, value) is ("install", "node-gyp rebuild") && tarball.HasBindingGyp
            || (name, value) is ("start", "node server.js") && tarball.HasServerJs;

    /// <summary><c>directories.bin</c> names a folder whose files are commands; npm lists them when it publishes.</summary>
    private static bool IsInBinFolder(string value, JsonElement package)
        => package.TryGetProperty("directories", out var folders) && folders.ValueKind == JsonValueKind.Object
            && PathOf(Text(folders, "bin")) is { Length: > 0 } folder && value.StartsWith(folder + "/", StringComparison.Ordinal);

    private static string Text(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>The members of an object that are texts.</summary>
    private static Dictionary<string, string> Texts(JsonElement of, string member)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!of.TryGetProperty(member, out var map) || map.ValueKind != JsonValueKind.Object) return texts;
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.String) texts[entry.Name] = entry.Value.GetString()!.Trim();
        }

        return texts;
    }

    private static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
}
