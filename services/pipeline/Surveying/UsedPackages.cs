using Auxo.Locks.Direct;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Locks;

namespace Auxo.Pipeline.Surveying;

/// <summary>What a tree uses itself, with the versions that were taken.</summary>
/// <param name="Packages">Each version once, at most <see cref="Most"/>.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Files">How many files could be read that say it.</param>
internal sealed record UsedPackages(IReadOnlyList<UsedPackage> Packages, int Count, int Files)
{
    /// <summary>Larger lists are cut off: they are known well enough by so much of them.</summary>
    public const int Most = 2000;

    /// <summary>Nobody has so many by hand.</summary>
    private const int MostFiles = 300;

    /// <summary>Reads the lock files of a tree and, of .NET, projects with exact versions that have none.</summary>
    public static async Task<UsedPackages> ReadAsync(SourceTree tree, CancellationToken ct)
    {
        var (found, files) = (new HashSet<UsedPackage>(), 0);
        foreach (var read in Of(tree).Take(MostFiles))
        {
            try
            {
                found.UnionWith(await read(ct));
                files++;
            }
            catch (LockFormatException)
            {
                // The check 'dependencies' says of which file that is so.
            }
        }

        return new UsedPackages(
            [.. found.OrderBy(static package => package.Ecosystem, StringComparer.Ordinal)
                .ThenBy(static package => package.Name, StringComparer.Ordinal)
                .ThenBy(static package => package.Version, StringComparer.Ordinal).Take(Most)],
            found.Count, files);

        IEnumerable<Func<CancellationToken, Task<IEnumerable<UsedPackage>>>> Of(SourceTree all)
        {
            foreach (var entry in all.Entries.Where(static entry => entry.IsFile && !PinnedDependencies.OfOthers.Match(entry.Name)))
                if (LockFormat.Find(entry.Name[(entry.Name.LastIndexOf('/') + 1)..]) is { } format)
                    yield return token => LockedAsync(all, entry, format, token);
            foreach (var file in LockFiles.Of(all, PinnedDependencies.OfOthers).Where(static file => IsProject(file.Kind)))
                yield return async token => From("nuget", (await LockReading.ReadAsync(all, file, token)).Packages);
        }
    }

    private static bool IsProject(LockKind kind) => kind is { Registry: Registry.NuGet, Name: not "packages.lock.json" };

    private static async Task<IEnumerable<UsedPackage>> LockedAsync(
        SourceTree tree, GitTreeEntry entry, LockFormat format, CancellationToken ct)
    {
        var folder = entry.Name[..(entry.Name.LastIndexOf('/') + 1)];
        var text = await TextAsync(tree, entry, ct) ?? throw new LockFormatException("it is too large");
        var manifest = DirectPackages.ManifestOf(format) is { } name && tree.At(folder + name) is { IsFile: true } beside
            ? await TextAsync(tree, beside, ct) : null;
        return From(format.Packages, DirectPackages.Of(format, text, manifest));
    }

    private static async Task<string?> TextAsync(SourceTree tree, GitTreeEntry entry, CancellationToken ct)
        => await tree.ReadAsync(entry.Oid, ct, LockReading.MaxBytes) is { } content ? OutsideText.Decode(content.Span) : null;

    private static IEnumerable<UsedPackage> From(string ecosystem, IEnumerable<LockedPackage> packages)
        => packages.Where(static package => package.IsOfRegistry)
            .Select(package => new UsedPackage(ecosystem, package.Name, package.Version));
}
