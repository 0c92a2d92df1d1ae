using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary>All versions of a package, in pages.</summary>
/// <param name="Id">Where it is.</param>
/// <param name="CommitTimeStamp">When anything of the package last changed: who mirrors it sees by that that a page did.</param>
/// <param name="Count">How many pages there are.</param>
/// <param name="Items">The pages.</param>
public sealed record RegistrationIndex(
    [property: JsonPropertyName("@id")] string Id, DateTimeOffset CommitTimeStamp, int Count, IReadOnlyList<RegistrationPage> Items);

/// <summary>A page of them, in the index itself or at an address of its own.</summary>
/// <param name="Id">Where it is.</param>
/// <param name="Count">How many versions it has.</param>
/// <param name="Lower">The first of them.</param>
/// <param name="Upper">The last of them.</param>
/// <param name="Parent">The index.</param>
/// <param name="Items">The versions; null when they stand at the page's own address only.</param>
public sealed record RegistrationPage(
    [property: JsonPropertyName("@id")] string Id, int Count, string Lower, string Upper, string Parent,
    IReadOnlyList<RegistrationLeaf>? Items);

/// <summary>One version.</summary>
/// <param name="Id">Where this is.</param>
/// <param name="CommitTimeStamp">When it came, also where <paramref name="Published"/> does not say it.</param>
/// <param name="CatalogEntry">What is known of it.</param>
/// <param name="PackageContent">Where the package is.</param>
/// <param name="Registration">The index.</param>
/// <param name="Listed">Whether it is found and taken without being named.</param>
/// <param name="Published">When; a day of 1900 for what is not listed, which is how older clients know it.</param>
public sealed record RegistrationLeaf(
    [property: JsonPropertyName("@id")] string Id, DateTimeOffset CommitTimeStamp, CatalogEntry CatalogEntry, string PackageContent,
    string Registration, bool Listed, DateTimeOffset Published);

/// <summary>What is known of a version; the hash of the package is there for who mirrors it.</summary>
public sealed record CatalogEntry(
    [property: JsonPropertyName("@id")] string Address, string Id, string Version, string Authors, string Description, string? Title,
    string? Summary, IReadOnlyList<string> Tags, string? ProjectUrl, string? IconUrl, string? LicenseUrl, string? LicenseExpression,
    string? MinClientVersion, bool RequireLicenseAcceptance, bool Listed, DateTimeOffset Published, string PackageContent,
    IReadOnlyList<DependencyGroup> DependencyGroups, string? PackageHash, string? PackageHashAlgorithm, JsonElement? Deprecation,
    JsonElement? Vulnerabilities);

/// <summary>What is needed with one framework.</summary>
public sealed record DependencyGroup(string? TargetFramework, IReadOnlyList<Dependency>? Dependencies);

/// <summary>A package that is needed.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Range">Its versions.</param>
/// <param name="Registration">Where its versions are.</param>
public sealed record Dependency(string Id, string Range, string Registration);
