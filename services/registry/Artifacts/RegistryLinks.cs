namespace Auxo.Registry.Artifacts;

/// <summary>Where people find what is published.</summary>
/// <param name="PublicUrl">Without a trailing slash; null when nobody can reach this machine by a browser.</param>
public sealed record RegistryLinks(string? PublicUrl)
{
    /// <summary>Reads <c>Auxo:PublicUrl</c>.</summary>
    /// <exception cref="FormatException">It is no http(s) URL.</exception>
    public static RegistryLinks From(IConfiguration configuration)
    {
        if (configuration["Auxo:PublicUrl"] is not { Length: > 0 } text) return new RegistryLinks((string?)null);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new RegistryLinks(url.GetLeftPart(UriPartial.Path).TrimEnd('/'))
            : throw new FormatException($"Auxo:PublicUrl is '{text}'; it must be a URL such as https://ci.example.org.");
    }

    /// <summary>The page of a version, or null.</summary>
    public string? To(Rid rid, Guid build) => PublicUrl is null ? null : $"{PublicUrl}/artifacts/{rid}/{build}";
}
