namespace Auxo.Registry.Packages;

/// <summary>A file of a version.</summary>
/// <param name="Name">As clients ask for it; one package has it once.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hex digits.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="MediaType">As it is served.</param>
/// <param name="Metadata">What the format says of the file, as JSON; null for nothing.</param>
public sealed record PackageFile(string Name, string Digest, long SizeBytes, string MediaType, string? Metadata = null);

/// <summary>
/// What can happen to a package that was published here, whatever its format. Stored in stream <c>package/{repository}/{name}</c>.
/// </summary>
public abstract record PackageEvent
{
    private PackageEvent()
    {
    }

    /// <summary>A version is there, or an older one has these files too.</summary>
    /// <param name="Version">In the format's normal form.</param>
    /// <param name="Metadata">What the format says of it, as JSON.</param>
    /// <param name="Files">The files that came with it.</param>
    /// <param name="Tags">These point to it from now on.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Published(
        string Version, string Metadata, IReadOnlyList<PackageFile> Files, IReadOnlyList<string> Tags, string By, DateTimeOffset At)
        : PackageEvent;

    /// <summary>A version is still there, but clients are told something of it.</summary>
    /// <param name="Version">Which.</param>
    /// <param name="Mark"><c>deprecated</c>, <c>yanked</c> or <c>unlisted</c>.</param>
    /// <param name="Text">The reason; null takes the mark off.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Marked(string Version, string Mark, string? Text, string By, DateTimeOffset At) : PackageEvent;

    /// <summary>A version is gone, and tags that pointed to it; its number never comes back.</summary>
    /// <param name="Version">Which.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Removed(string Version, string By, DateTimeOffset At) : PackageEvent;

    /// <summary>A tag points to a version.</summary>
    /// <param name="Tag">Such as <c>latest</c>.</param>
    /// <param name="Version">Which.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Tagged(string Tag, string Version, string By, DateTimeOffset At) : PackageEvent;

    /// <summary>A tag is gone.</summary>
    /// <param name="Tag">Which.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Untagged(string Tag, string By, DateTimeOffset At) : PackageEvent;
}
