using System.Text.Json.Serialization;

namespace Auxo.Registry.NuGet.Searching;

/// <summary>What a search found.</summary>
/// <param name="TotalHits">In all.</param>
/// <param name="Data">A page of it.</param>
public sealed record SearchAnswer(int TotalHits, IReadOnlyList<FoundPackage> Data);

/// <summary>A package, as its newest fitting version says of it.</summary>
public sealed record FoundPackage(
    [property: JsonPropertyName("@id")] string Address, string Id, string Version, string Registration, string Description, string? Title,
    string? Summary, IReadOnlyList<string> Authors, IReadOnlyList<string> Tags, string? ProjectUrl, string? IconUrl, string? LicenseUrl,
    long TotalDownloads, bool Verified, IReadOnlyList<FoundType> PackageTypes, IReadOnlyList<FoundVersion> Versions);

/// <summary>What kind of package it is.</summary>
public sealed record FoundType(string Name);

/// <summary>One of its fitting versions.</summary>
public sealed record FoundVersion([property: JsonPropertyName("@id")] string Address, string Version, long Downloads);

/// <summary>Names that begin so, or versions of a name.</summary>
public sealed record NamesAnswer(int TotalHits, IReadOnlyList<string> Data);
