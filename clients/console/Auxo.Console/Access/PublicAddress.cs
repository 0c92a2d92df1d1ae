namespace Auxo.Console.Access;

/// <summary>
/// Where people find this console: <c>Auxo__Console__PublicUrl</c>, else <c>Auxo__PublicUrl</c>, else the address under which it was
/// asked.
/// </summary>
internal sealed record PublicAddress(string? Url)
{
    /// <summary>Reads the setting.</summary>
    /// <exception cref="RefusedStartException">It is no http(s) address.</exception>
    public static PublicAddress From(IConfiguration configuration)
    {
        if ((configuration["Auxo:Console:PublicUrl"] ?? configuration["Auxo:PublicUrl"]) is not { Length: > 0 } text)
            return new PublicAddress((string?)null);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new PublicAddress(url.GetLeftPart(UriPartial.Authority))
            : throw new RefusedStartException(
                $"The console's public URL is '{text}'; it must be an address such as https://ci.example.org.");
    }

    /// <summary>Without a trailing slash.</summary>
    public string Of(HttpRequest request) => Url ?? $"{request.Scheme}://{request.Host}";

    /// <summary>The link of a code.</summary>
    public LoginLink LinkOf(HttpRequest request, string code) => new(new Uri($"{Of(request)}/login/once/{code}"));
}
