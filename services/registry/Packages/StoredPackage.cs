namespace Auxo.Registry.Packages;

/// <summary>A package with everything that was published of it.</summary>
/// <param name="Repository">Where.</param>
/// <param name="Name">In its format's normal form.</param>
/// <param name="Revision">Counts its changes.</param>
/// <param name="CreatedAt">When its first version came.</param>
/// <param name="ChangedAt">When anything of it last changed.</param>
/// <param name="Versions">In the order of their publishing.</param>
/// <param name="Tags">Which version a tag means.</param>
public sealed record StoredPackage(
    string Repository, string Name, long Revision, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt,
    IReadOnlyList<StoredVersion> Versions, IReadOnlyDictionary<string, string> Tags);

/// <summary>A version of it.</summary>
/// <param name="Version">In its format's normal form.</param>
/// <param name="Metadata">What the format says of it, as JSON.</param>
/// <param name="PublishedAt">When it came.</param>
/// <param name="PublishedBy">The name of the token with which it came.</param>
/// <param name="Marks">deprecated, yanked, unlisted, each with its reason.</param>
/// <param name="Files">Its files.</param>
public sealed record StoredVersion(
    string Version, string Metadata, DateTimeOffset PublishedAt, string PublishedBy,
    IReadOnlyDictionary<string, string> Marks, IReadOnlyList<StoredPackageFile> Files);

/// <summary>A file of a version, and when it came.</summary>
public sealed record StoredPackageFile(
    string Name, Blobs.Digest Digest, long SizeBytes, string MediaType, string? Metadata, DateTimeOffset StoredAt);
