using System.Text.Json;

using Auxo.Registry.NuGet.Reading;
using Auxo.Registry.Packages;

using NuGet.Versioning;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary>Makes the registration of a package from what is stored of it.</summary>
internal static class RegistrationPages
{
    /// <summary>So many versions stand in the index itself; of more, each page has an address of its own.</summary>
    public const int MostInline = 127;

    /// <summary>Versions of a page that has an address of its own.</summary>
    public const int PageSize = 64;

    private static readonly DateTimeOffset Unlisted = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The versions that are there at a moment, in their order.</summary>
    public static IReadOnlyList<ListedVersion> Versions(StoredPackage package, DateTimeOffset? asOf)
        => [.. package.Versions.Where(v => asOf is null || v.PublishedAt <= asOf)
            .Select(static v => new ListedVersion(v, NuGetVersion.Parse(v.Version))).OrderBy(static v => v.Version)];

    /// <summary>All of them, in pages; null when there are none.</summary>
    /// <param name="address">Of the feed.</param>
    /// <param name="id">The package, in normal form.</param>
    /// <param name="versions">In their order.</param>
    /// <param name="changedAt">When anything of the package last changed.</param>
    public static RegistrationIndex? Index(
        string address, string id, IReadOnlyList<ListedVersion> versions, DateTimeOffset changedAt)
    {
        if (versions.Count == 0) return null;
        var index = IndexAddress(address, id);
        if (versions.Count <= MostInline)
        {
            var (lower, upper) = Bounds(versions);
            return new RegistrationIndex(
                index, changedAt, 1, [new($"{index}#page/{lower}/{upper}", versions.Count, lower, upper, index,
                    Leaves(address, id, versions))]);
        }

        List<RegistrationPage> pages = [.. versions.Chunk(PageSize).Select(page => PageOf(address, id, page) with { Items = null })];
        return new RegistrationIndex(index, changedAt, pages.Count, pages);
    }

    /// <summary>The page that begins and ends with these versions; null when there is none.</summary>
    public static RegistrationPage? Page(string address, string id, IReadOnlyList<ListedVersion> versions, string lower, string upper)
        => versions.Chunk(PageSize).FirstOrDefault(page => Bounds(page) == (lower, upper)) is { } page ? PageOf(address, id, page) : null;

    /// <summary>One version.</summary>
    public static RegistrationLeaf Leaf(string address, string id, ListedVersion version)
    {
        var (nuspec, normal) = (version.Nuspec, version.Stored.Version);
        var at = $"{address}/registration/{id}/{normal}.json";
        var content = $"{address}/flat/{id}/{normal}/{id}.{normal}.nupkg";
        var published = version.IsListed ? version.Stored.PublishedAt : Unlisted;
        return new RegistrationLeaf(
            at, version.Stored.PublishedAt,
            new CatalogEntry(at, nuspec.Id, nuspec.ParsedVersion.ToFullString(), nuspec.Authors, nuspec.Description, nuspec.Title,
                nuspec.Summary, Tags(nuspec), nuspec.ProjectUrl, nuspec.IconUrl, nuspec.LicenseUrl, nuspec.LicenseExpression,
                nuspec.MinClientVersion, nuspec.RequireLicenseAcceptance, version.IsListed, published, content,
                [.. nuspec.Dependencies.Select(g => new DependencyGroup(g.TargetFramework, g.Dependencies.Count == 0 ? null
                    : [.. g.Dependencies.Select(d => new Dependency(d.Id, d.Range, IndexAddress(address, PackageId.Normalize(d.Id))))]))],
                version.Sha512, version.Sha512 is null ? null : "SHA512", version.Deprecation, version.Vulnerabilities),
            content, IndexAddress(address, id), version.IsListed, published);
    }

    /// <summary>Words with spaces or commas between them.</summary>
    public static IReadOnlyList<string> Tags(Nuspec nuspec)
        => nuspec.Tags?.Split([' ', ',', ';', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];

    public static string IndexAddress(string address, string id) => $"{address}/registration/{id}/index.json";

    private static RegistrationPage PageOf(string address, string id, ListedVersion[] versions)
    {
        var (lower, upper) = Bounds(versions);
        return new RegistrationPage($"{address}/registration/{id}/page/{lower}/{upper}.json", versions.Length, lower, upper,
            IndexAddress(address, id), Leaves(address, id, versions));
    }

    private static (string Lower, string Upper) Bounds(IReadOnlyList<ListedVersion> versions)
        => (versions[0].Stored.Version, versions[^1].Stored.Version);

    private static List<RegistrationLeaf> Leaves(string address, string id, IReadOnlyList<ListedVersion> versions)
        => [.. versions.Select(v => Leaf(address, id, v))];
}

/// <summary>A version that is there, and its place in the order.</summary>
internal sealed record ListedVersion(StoredVersion Stored, NuGetVersion Version)
{
    private Nuspec? _nuspec;

    /// <summary>What it says of itself.</summary>
    public Nuspec Nuspec
    {
        get => _nuspec ??= JsonSerializer.Deserialize(Stored.Metadata, NuGetJson.Default.Nuspec)!;
        init => _nuspec = value;
    }

    /// <summary>What upstream says of it besides, unchanged.</summary>
    public JsonElement? Deprecation { get; init; }

    /// <summary>What upstream knows to be wrong with it, unchanged.</summary>
    public JsonElement? Vulnerabilities { get; init; }

    /// <summary>The SHA-512 of the package in base64; null when it is not known.</summary>
    public string? Sha512
        => Stored.Files.FirstOrDefault(static f => f.Name.EndsWith(".nupkg", StringComparison.Ordinal))?.Metadata is { } facts
            ? JsonSerializer.Deserialize(facts, NuGetJson.Default.PackageFacts)?.Sha512 : null;

    /// <summary>Whether it is found and taken without being named.</summary>
    public bool IsListed => !Stored.Marks.ContainsKey("unlisted");
}
