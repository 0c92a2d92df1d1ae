using System.Text.RegularExpressions;

using Tomlyn.Model;

namespace Auxo.Locks.Direct;

/// <summary>What a project of Python names: in <c>pyproject.toml</c>, in a <c>Pipfile</c>, or in the lock file of uv itself.</summary>
internal static partial class PythonDirect
{
    /// <summary>The packages of these names.</summary>
    public static IEnumerable<LockedPackage> Named(IReadOnlyList<LockedPackage> packages, IReadOnlySet<string> names)
        => packages.Where(package => names.Contains(Normal(package.Name)));

    /// <summary>Of uv: what the members of the workspace need, which stand in the same list.</summary>
    public static IEnumerable<LockedPackage> OfUv(string text)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var package in Tables(PythonLock.Parse(text), "package"))
        {
            if (!(package.TryGetValue("source", out var source) && source is TomlTable table
                && (table.ContainsKey("editable") || table.ContainsKey("virtual")))) continue;
            var groups = Tables(package, "dependencies")
                .Concat(Groups(package, "optional-dependencies")).Concat(Groups(package, "dev-dependencies"));
            foreach (var needed in groups)
                if (needed.TryGetValue("name", out var name) && name is string known) names.Add(Normal(known));
        }

        return Named(PythonLock.Read(text), names);

        static IEnumerable<TomlTable> Groups(TomlTable package, string key)
            => Table(package, key) is { } groups ? groups.Keys.SelectMany(group => Tables(groups, group)) : [];
    }

    /// <summary>The names in a <c>pyproject.toml</c>, as the standard writes them and as Poetry did before it.</summary>
    public static IReadOnlySet<string> OfProject(string? text)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (text is null) return names;
        var toml = PythonLock.Parse(text);
        if (Table(toml, "project") is { } project)
        {
            names.UnionWith(Requirements(project, "dependencies"));
            names.UnionWith(AllRequirements(Table(project, "optional-dependencies")));
        }

        names.UnionWith(AllRequirements(Table(toml, "dependency-groups")));
        if (Table(toml, "tool") is not { } tools || Table(tools, "poetry") is not { } poetry) return names;
        AddKeys(poetry, "dependencies");
        AddKeys(poetry, "dev-dependencies");
        if (Table(poetry, "group") is { } groups)
            foreach (var group in groups.Values.OfType<TomlTable>()) AddKeys(group, "dependencies");
        names.Remove("python");
        return names;

        void AddKeys(TomlTable of, string key)
        {
            if (Table(of, key) is { } needed) names.UnionWith(needed.Keys.Select(Normal));
        }
    }

    /// <summary>The names in a <c>Pipfile</c>.</summary>
    public static IReadOnlySet<string> OfPipfile(string? text)
    {
        if (text is null) return new HashSet<string>(StringComparer.Ordinal);
        var toml = PythonLock.Parse(text);
        return ((string[])["packages", "dev-packages"]).SelectMany(group => Table(toml, group)?.Keys ?? []).Select(Normal)
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The one spelling of a name: small letters, and one '-' where '-', '_' and '.' stand.</summary>
    internal static string Normal(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    private static IEnumerable<string> AllRequirements(TomlTable? groups)
        => groups is null ? [] : groups.Keys.SelectMany(group => Requirements(groups, group));

    /// <summary>Of <c>requests[socks] >= 2; python_version > "3"</c> it is the name.</summary>
    private static IEnumerable<string> Requirements(TomlTable of, string key)
        => of.TryGetValue(key, out var list) && list is IEnumerable<object?> all
            ? all.OfType<string>().Select(static text => Name().Match(text)).Where(static match => match.Success)
                .Select(static match => Normal(match.Groups["name"].Value))
            : [];

    private static TomlTable? Table(TomlTable of, string key) => of.TryGetValue(key, out var value) ? value as TomlTable : null;

    private static IEnumerable<TomlTable> Tables(TomlTable of, string key)
        => of.TryGetValue(key, out var value) && value is IEnumerable<object?> list ? list.OfType<TomlTable>() : [];

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex("[-_.]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Separators();
}
