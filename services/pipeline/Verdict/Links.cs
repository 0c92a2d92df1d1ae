namespace Auxo.Pipeline.Verdict;

/// <summary>Where people read a build: in the console, else by the command line.</summary>
/// <param name="PublicUrl">Without a trailing slash; null when nobody can reach this machine by a browser.</param>
public sealed record Links(string? PublicUrl)
{
    /// <summary>Reads <c>Auxo:Console:PublicUrl</c>, else <c>Auxo:PublicUrl</c>.</summary>
    /// <exception cref="FormatException">It is no http(s) URL.</exception>
    public static Links From(IConfiguration configuration)
    {
        if ((configuration["Auxo:Console:PublicUrl"] ?? configuration["Auxo:PublicUrl"]) is not { Length: > 0 } text)
            return new Links((string?)null);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Links(url.GetLeftPart(UriPartial.Path).TrimEnd('/'))
            : throw new FormatException(
                $"The console's public URL (Auxo__Console__PublicUrl) is '{text}'; it must be a URL such as https://ci.example.org.");
    }

    /// <summary>A page that a tool of a build wrote for people, or null.</summary>
    public string? To(Guid buildId, string page)
        => PublicUrl is null
            ? null
            : $"{PublicUrl}/downloads/builds/{buildId}/pages/{string.Join('/', page.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>The page of a build, or null.</summary>
    public string? To(Guid buildId) => PublicUrl is null ? null : $"{PublicUrl}/builds/{buildId}";
}
