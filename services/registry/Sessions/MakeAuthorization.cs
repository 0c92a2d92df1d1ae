using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

using Auxo.Registry.Oidc;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Auxo.Registry.Sessions;

/// <summary>Where somebody wants to sign in.</summary>
/// <param name="Address">The console, such as <c>https://ci.example.org</c>.</param>
public sealed record AuthorizationBody(string? Address);

/// <summary>The way to the provider.</summary>
/// <param name="Url">Where the browser goes.</param>
/// <param name="State">What comes back with the code.</param>
/// <param name="Verifier">What proves that the code is one's own (PKCE); it never goes to the browser in plain.</param>
/// <param name="Nonce">What stands in the token that the code gives.</param>
public sealed record AuthorizationAnswer(string Url, string State, string Verifier, string Nonce);

/// <summary>
/// <c>POST /sessions/authorizations</c>: the beginning of a sign-in at the OpenID Connect provider. The address must be one of the
/// console's, so that no code is sent elsewhere. Nothing is stored.
/// </summary>
public static class MakeAuthorization
{
    /// <summary>Where the browser comes back to, at the console.</summary>
    internal const string Back = "/login/provider/back";

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/sessions/authorizations", HandleAsync).WithName("MakeAuthorization").WithTags("Sessions").AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(StartSession.LargestBody));

    /// <summary>The address to which the code goes; null for one that is not the console's.</summary>
    internal static string? RedirectOf(string? address, IConfiguration configuration)
        => address is { Length: <= 300 } && Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.GetLeftPart(UriPartial.Authority).Equals(address.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)
            && ConsoleHosts.IsAt(configuration, url)
            ? url.GetLeftPart(UriPartial.Authority) + Back : null;

    private static async Task<Results<Ok<AuthorizationAnswer>, ProblemHttpResult>> HandleAsync(
        AuthorizationBody body, HttpContext http, IConfiguration configuration, CancellationToken ct)
    {
        if (http.RequestServices.GetService<OidcCodes>() is not { } codes) return StartOutsideSession.NoProvider;
        if (RedirectOf(body.Address, configuration) is not { } redirect)
            return AuxoProblem.Unprocessable(
                "session/foreign-address",
                "The console is not known to be at that address. The operator names it: Auxo__Console__PublicUrl=https://…");
        http.Response.Headers.CacheControl = "no-store";
        var (state, verifier, nonce) = (Random(), Random(), Random());
        var url = QueryHelpers.AddQueryString(await codes.AuthorizationEndpointAsync(ct), new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = codes.Client, ["redirect_uri"] = redirect, ["scope"] = codes.Scope,
            ["state"] = state, ["nonce"] = nonce, ["code_challenge_method"] = "S256",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
        });
        return TypedResults.Ok(new AuthorizationAnswer(url, state, verifier, nonce));
    }

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
