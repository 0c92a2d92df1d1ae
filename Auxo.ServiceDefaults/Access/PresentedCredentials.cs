using System.Net.Http.Headers;

using Auxo.ServiceDefaults.Access.Authentications;

using Microsoft.AspNetCore.Http;

namespace Auxo.ServiceDefaults.Access;

/// <summary>With what a request wants to be let in.</summary>
/// <param name="Kind">One of <see cref="AuthenticationKinds"/>.</param>
/// <param name="Secret">The token, or the password of Basic; null when it cannot be read or may not be used.</param>
/// <param name="User">The user of Basic.</param>
/// <param name="Refusal">Why <paramref name="Secret"/> is null: one of <see cref="Refusals"/>.</param>
internal sealed record PresentedCredentials(string Kind, string? Secret, string? User = null, string? Refusal = null)
{
    private const string ApiKey = "X-NuGet-ApiKey";

    /// <summary>In characters. A token of another issuer, which says much about a person, is the longest.</summary>
    private const int LongestHeader = 8192;

    /// <summary>Those of a request; null when it has none.</summary>
    public static PresentedCredentials? Of(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        if (!string.IsNullOrEmpty(header)) return Read(header, request.Headers);
        string? key = request.Headers[ApiKey];
        if (key is null) return null;
        return key is { Length: > 0 and <= LongestHeader }
            ? new(AuthenticationKinds.NuGetKey, key) : new(AuthenticationKinds.NuGetKey, null, Refusal: Refusals.Malformed);
    }

    private static PresentedCredentials Read(string header, IHeaderDictionary headers)
    {
        if (header.Length > LongestHeader || !AuthenticationHeaderValue.TryParse(header, out var value)
            || value.Parameter is not { } parameter) return new(AuthenticationKinds.Bearer, null, Refusal: Refusals.Malformed);
        if (value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return new(AuthenticationKinds.Bearer, parameter.Trim());
        if (!value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return new(AuthenticationKinds.Bearer, null, Refusal: Refusals.Malformed);
        // A browser sends a password that somebody typed once with the requests of every page, but says so.
        if (IsOfAPage(headers)) return new(AuthenticationKinds.Basic, null, Refusal: Refusals.OfAPage);
        return BasicPassword.Read(parameter) is var (user, password)
            ? new(AuthenticationKinds.Basic, password, user)
            : new(AuthenticationKinds.Basic, null, Refusal: Refusals.Malformed);
    }

    private static bool IsOfAPage(IHeaderDictionary headers)
        => headers.ContainsKey("Origin") || headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin");
}

/// <summary>What became of credentials.</summary>
/// <param name="Kind">One of <see cref="AuthenticationKinds"/>: what they really were.</param>
/// <param name="Token">What their holder may; null for nobody.</param>
/// <param name="Refusal">Why, when it is nobody.</param>
/// <param name="Name">Who it would have been, where that is known.</param>
/// <param name="IsOutside">Whether somebody else than Auxo was asked.</param>
internal readonly record struct CheckedCredentials(
    string Kind, AccessToken? Token, string? Refusal, string? Name = null, bool IsOutside = false);
