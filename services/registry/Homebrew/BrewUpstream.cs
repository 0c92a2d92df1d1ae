using Auxo.Registry.Repositories;

namespace Auxo.Registry.Homebrew;

/// <summary>
/// Where Homebrew's things are: its JSON API at the address that the mirror names, and the bottles in a registry of images. Homebrew has
/// that elsewhere (<c>ghcr.io</c>); of another address it is on the same host, at <c>/v2/</c>.
/// </summary>
public static class BrewUpstream
{
    private const string Homebrew = "formulae.brew.sh";
    private const string HomebrewBottles = "https://ghcr.io";

    /// <summary>A document of the API.</summary>
    public static Uri Api(MirrorSettings mirror, string path) => new($"{mirror.Upstream.TrimEnd('/')}/{Files.FileName.Encode(path)}");

    /// <summary>The registry of the bottles, as the upstream of a mirror of images.</summary>
    public static string Bottles(MirrorSettings mirror)
        => new Uri(mirror.Upstream) is { Host: not Homebrew } other ? other.GetLeftPart(UriPartial.Authority) : HomebrewBottles;
}
