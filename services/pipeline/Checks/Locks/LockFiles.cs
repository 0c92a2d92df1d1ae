using System.Collections.Frozen;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Locks;

/// <summary>The registries whose advisories are asked for without Trivy.</summary>
internal enum Registry
{
    /// <summary>npm.</summary>
    Npm,

    /// <summary>NuGet.</summary>
    NuGet,
}

/// <summary>A kind of lock file.</summary>
/// <param name="Name">A file name, or the end of one behind a <c>*</c>.</param>
/// <param name="TrivyReads">True when Trivy knows a file of that name.</param>
/// <param name="Registry">Whose packages it names, when they can be read here.</param>
/// <param name="Read">Reads them.</param>
internal sealed record LockKind(
    string Name, bool TrivyReads, Registry? Registry = null, Func<string, IReadOnlyList<LockedPackage>>? Read = null);

/// <summary>A lock file of the tree.</summary>
internal sealed record LockFile(GitTreeEntry Entry, LockKind Kind)
{
    /// <summary>Its folder; empty at the top.</summary>
    public string Folder => Entry.Name.LastIndexOf('/') is > 0 and var slash ? Entry.Name[..slash] : "";
}

/// <summary>Finds the lock files of a tree by their names.</summary>
internal static class LockFiles
{
    private const string Vendored = "node_modules/";

    /// <summary>All kinds. What only Trivy reads is named, so that nobody takes it for judged where there is no Trivy.</summary>
    private static readonly LockKind[] Kinds =
    [
        new("package-lock.json", TrivyReads: true, Registry.Npm, NpmLock.Read),
        new("npm-shrinkwrap.json", TrivyReads: false, Registry.Npm, NpmLock.Read),
        new("yarn.lock", TrivyReads: true, Registry.Npm, YarnLock.Read),
        new("pnpm-lock.yaml", TrivyReads: true, Registry.Npm, PnpmLock.Read),
        new("packages.lock.json", TrivyReads: true, Registry.NuGet, NuGetLock.Read),
        new("packages.config", TrivyReads: true, Registry.NuGet, NuGetProject.Read),
        new("Directory.Packages.props", TrivyReads: true, Registry.NuGet, NuGetProject.Read),
        .. ((string[])
        [
            "bun.lock", "Cargo.lock", "composer.lock", "conan.lock", "Gemfile.lock", "go.mod", "gradle.lockfile", "mix.lock",
            "Package.resolved", "Pipfile.lock", "Podfile.lock", "poetry.lock", "pubspec.lock", "requirements.txt", "uv.lock",
        ]).Select(static name => new LockKind(name, TrivyReads: true)),
    ];

    private static readonly LockKind Project = new("*proj", TrivyReads: false, Registry.NuGet, NuGetProject.Read);
    private static readonly string[] Projects = [".csproj", ".fsproj", ".vbproj"];

    private static readonly FrozenDictionary<string, LockKind>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Kinds.ToFrozenDictionary(static kind => kind.Name, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Those that count, in the tree's order. A project beside a lock file of its own says nothing more than that.</summary>
    public static IReadOnlyList<LockFile> Of(SourceTree tree, PathPatterns ignored)
    {
        var files = new List<LockFile>();
        foreach (var entry in tree.Entries)
        {
            var name = entry.Name.AsSpan(entry.Name.LastIndexOf('/') + 1);
            if (!entry.IsFile || KindOf(name) is not { } kind || ignored.Match(entry.Name)) continue;
            if (entry.Name.StartsWith(Vendored, StringComparison.Ordinal)
                || entry.Name.Contains("/" + Vendored, StringComparison.Ordinal)) continue;
            files.Add(new LockFile(entry, kind));
        }

        var locked = files.Where(static file => file.Kind.Name == "packages.lock.json").Select(static file => file.Folder).ToHashSet();
        if (locked.Count == 0) return files;
        var open = files.Where(file => IsProject(file) && !locked.Contains(file.Folder)).Select(static file => file.Folder).ToList();
        return [.. files.Where(file => file.Kind.Name == "Directory.Packages.props"
            ? open.Exists(folder => file.Folder.Length == 0 || folder == file.Folder
                || folder.StartsWith(file.Folder + "/", StringComparison.Ordinal))
            : !IsProject(file) || !locked.Contains(file.Folder))];
    }

    private static bool IsProject(LockFile file) => file.Kind == Project;

    /// <summary>The kind of a file by its name; null when it is no lock file.</summary>
    internal static LockKind? KindOf(ReadOnlySpan<char> name)
    {
        if (ByName.TryGetValue(name, out var kind)) return kind;
        foreach (var end in Projects) if (name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) return Project;
        return null;
    }
}
