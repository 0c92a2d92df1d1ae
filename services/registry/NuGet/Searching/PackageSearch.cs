using System.Text.Json;

using Auxo.Registry.NuGet.Protocol;
using Auxo.Registry.Packages;

using Npgsql;

namespace Auxo.Registry.NuGet.Searching;

/// <summary>What is looked for.</summary>
/// <param name="Text">Words, all of which are in the name.</param>
/// <param name="Prerelease">Versions before a release too.</param>
/// <param name="SemVer2">Versions too that only newer clients can read.</param>
/// <param name="PackageType">Only packages of this type, such as <c>DotnetTool</c>; null for all.</param>
internal sealed record SearchTerms(string Text, bool Prerelease, bool SemVer2, string? PackageType);

/// <summary>Finds packages by their names. What is not listed is never found.</summary>
internal static class PackageSearch
{
    /// <summary>Packages that are looked at, the best first.</summary>
    private const int MostNames = 1000;

    /// <summary>The fitting versions of each package that fits, in order; the best package first.</summary>
    public static async Task<List<(string Id, List<ListedVersion> Versions)>> FindAsync(
        NpgsqlDataSource source, NuGetRepository repository, SearchTerms terms, CancellationToken ct)
    {
        var words = terms.Text.ToLowerInvariant().Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
        var names = await PackageTable.SearchAsync(source, repository.Name, words.MaxBy(static w => w.Length) ?? "", MostNames, ct);
        names.RemoveAll(name => !words.All(word => name.Contains(word, StringComparison.Ordinal)));
        var versions = (await source.ReadAsync(
                static r => (Name: r.GetString(0), Version: new StoredVersion(r.GetString(1), r.GetString(2),
                    r.GetFieldValue<DateTimeOffset>(3), "", Marks(r.GetString(4)), [])), ct,
                """
                select name, version, metadata, published_at, marks::text from registry.package_versions
                where repository = $1 and name = any($2) and not marks ? 'unlisted' and ($3::timestamptz is null or published_at <= $3)
                """, repository.Name, names.ToArray(), repository.At.AsOf?.ToUniversalTime()))
            .ToLookup(static v => v.Name, static v => v.Version, StringComparer.Ordinal);
        return [.. names.Select(name => (name, Fitting(versions[name], terms))).Where(static p => p.Item2.Count > 0)];
    }

    private static List<ListedVersion> Fitting(IEnumerable<StoredVersion> versions, SearchTerms terms)
        => [.. versions.Select(static v => new ListedVersion(v, PackageId.ParseVersion(v.Version)!))
            .Where(v => (terms.Prerelease || !v.Version.IsPrerelease) && (terms.SemVer2 || !v.Version.IsSemVer2)
                && (terms.PackageType is null || Types(v).Contains(terms.PackageType, StringComparer.OrdinalIgnoreCase)))
            .OrderBy(static v => v.Version)];

    /// <summary>What says nothing of itself is a library.</summary>
    public static IReadOnlyList<string> Types(ListedVersion version)
        => version.Nuspec.PackageTypes is { Count: > 0 } types ? types : ["Dependency"];

    private static IReadOnlyDictionary<string, string> Marks(string json)
        => JsonSerializer.Deserialize(json, StoredJson.Default.Marks)!;
}
