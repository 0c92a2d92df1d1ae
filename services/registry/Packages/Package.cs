namespace Auxo.Registry.Packages;

/// <summary>What a decision about a package needs to know of it. What the format says of its versions stands in their rows.</summary>
public sealed record Package
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The versions that are there, in the order of their publishing.</summary>
    public IReadOnlyList<PackageVersion> Versions { get; init; } = [];

    /// <summary>Versions that were there; none of them is published again.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>Names of files that were there; none of them means other bytes later.</summary>
    public IReadOnlyList<string> GoneFiles { get; init; } = [];

    /// <summary>Which version a tag means.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The stream of a package.</summary>
    public static string StreamKey(string repository, string name) => $"package/{repository}/{name}";

    /// <summary>A version that is there; null when it is not.</summary>
    public PackageVersion? Find(string version) => Versions.FirstOrDefault(v => v.Version == version);

    /// <summary>A new version, or more files of one.</summary>
    public Package Apply(PackageEvent.Published e) => this with
    {
        Versions = Find(e.Version) is { } known
            ? [.. Versions.Select(v => v == known ? v with { Files = [.. v.Files, .. e.Files.Select(FileOf)] } : v)]
            : [.. Versions, new PackageVersion(e.Version, [.. e.Files.Select(FileOf)], [])],
        Tags = With(Tags, e.Tags.Select(tag => KeyValuePair.Create(tag, e.Version))),
    };

    /// <summary>A mark, or its end.</summary>
    public Package Apply(PackageEvent.Marked e) => this with
    {
        Versions =
        [
            .. Versions.Select(v => v.Version != e.Version ? v : v with
            {
                Marks = [.. v.Marks.Where(m => m.Mark != e.Mark), .. e.Text is null ? [] : new[] { new PackageMark(e.Mark, e.Text) }],
            }),
        ],
    };

    /// <summary>The end of a version.</summary>
    public Package Apply(PackageEvent.Removed e) => this with
    {
        Versions = [.. Versions.Where(v => v.Version != e.Version)],
        Gone = [.. Gone, e.Version],
        GoneFiles = [.. GoneFiles, .. Find(e.Version)?.Files.Select(static f => f.Name) ?? []],
        Tags = Tags.Where(t => t.Value != e.Version).ToDictionary(StringComparer.Ordinal),
    };

    /// <summary>A tag.</summary>
    public Package Apply(PackageEvent.Tagged e) => this with { Tags = With(Tags, [KeyValuePair.Create(e.Tag, e.Version)]) };

    /// <summary>Its end.</summary>
    public Package Apply(PackageEvent.Untagged e)
        => this with { Tags = Tags.Where(t => t.Key != e.Tag).ToDictionary(StringComparer.Ordinal) };

    /// <summary>As it is after an event.</summary>
    public Package After(PackageEvent e) => e switch
    {
        PackageEvent.Published published => Apply(published),
        PackageEvent.Marked marked => Apply(marked),
        PackageEvent.Removed removed => Apply(removed),
        PackageEvent.Tagged tagged => Apply(tagged),
        PackageEvent.Untagged untagged => Apply(untagged),
        _ => this,
    };

    private static VersionFile FileOf(PackageFile file) => new(file.Name, file.Digest, file.SizeBytes);

    private static Dictionary<string, string> With(
        IReadOnlyDictionary<string, string> tags, IEnumerable<KeyValuePair<string, string>> more)
    {
        var all = tags.ToDictionary(StringComparer.Ordinal);
        foreach (var (tag, version) in more) all[tag] = version;
        return all;
    }
}

/// <summary>A version of a package, as far as a decision needs it.</summary>
/// <param name="Version">In the format's normal form.</param>
/// <param name="Files">Its files.</param>
/// <param name="Marks">What clients are told of it.</param>
public sealed record PackageVersion(string Version, IReadOnlyList<VersionFile> Files, IReadOnlyList<PackageMark> Marks);

/// <summary>A file's name and content.</summary>
public sealed record VersionFile(string Name, string Digest, long SizeBytes);

/// <summary>A mark and its reason, which may be empty.</summary>
public sealed record PackageMark(string Mark, string Text);
