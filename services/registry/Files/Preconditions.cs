using Auxo.Registry.Blobs;

using Microsoft.Net.Http.Headers;

namespace Auxo.Registry.Files;

/// <summary>What a request says about the state it expects (RFC 9110 §13).</summary>
/// <param name="Match">The <c>If-Match</c> tags; null when there is no such header.</param>
/// <param name="NoneMatch">The <c>If-None-Match</c> tags; null when there is no such header.</param>
public sealed record Preconditions(IReadOnlyList<string>? Match, IReadOnlyList<string>? NoneMatch)
{
    /// <summary>Reads the headers.</summary>
    /// <exception cref="BadHttpRequestException">They are no entity tags; to ignore them could overwrite what the caller wanted
    /// to keep.</exception>
    public static Preconditions From(HttpRequest request)
        => new(Tags(request, HeaderNames.IfMatch), Tags(request, HeaderNames.IfNoneMatch));

    /// <summary>Whether a change may be made to what is there now.</summary>
    public bool AllowChange(Digest? current) => (Match is null || Fits(Match, current)) && (NoneMatch is null || !Fits(NoneMatch, current));

    private static bool Fits(IReadOnlyList<string> tags, Digest? current)
        => current is { } digest && tags.Any(tag => tag == "*" || tag == digest.ETag);

    private static List<string>? Tags(HttpRequest request, string header)
    {
        if (request.Headers[header] is not { Count: > 0 } values) return null;
        return EntityTagHeaderValue.TryParseStrictList([.. values.OfType<string>()], out var tags)
            ? [.. tags.Select(static tag => tag.Tag == "*" ? "*" : tag.IsWeak ? "W/" : tag.Tag.ToString())]
            : throw new BadHttpRequestException($"{header} must be '*' or entity tags in quotes, such as \"sha256:…\".");
    }
}
