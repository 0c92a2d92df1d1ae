using System.Security.Cryptography;
using System.Text.Json;

using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Access;

/// <summary>
/// Signing in at an OpenID Connect provider: to it, and back with a code that the registry changes for a session. What the code must fit
/// lies in a cookie of this browser, encrypted, for ten minutes: a code of somebody else signs nobody in.
/// </summary>
internal static class ProviderSignIn
{
    private const string Cookie = "auxo_provider";
    private const string Away = "away", Late = "late", No = "no", Unset = "unset";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login/provider", GoAsync).WithName("GoToProvider").AllowAnonymous();
        routes.MapGet("/login/provider/back", BackAsync).WithName("BackFromProvider").AllowAnonymous();
    }

    /// <summary>Whether there is one; the registry has the same setting.</summary>
    public static bool IsThere(IConfiguration configuration) => configuration["Auxo:Oidc:Issuer"] is { Length: > 0 };

    /// <summary>Why somebody came back without being signed in; null for a word that is none of ours, which a link may have.</summary>
    public static string? Why(string? refused) => refused switch
    {
        Away => "The identity provider cannot be asked now. Try again later, or sign in otherwise.",
        Late => "This way back from the provider did not begin in this browser, or took too long. Try again.",
        No => "The identity provider did not let you in, or no group of yours may do anything here. An administrator finds the reason by: "
            + "auxo access log --failed",
        Unset => "The registry has no identity provider, or does not know this address. An operator sets Auxo__Oidc__Issuer and "
            + "Auxo__Console__PublicUrl.",
        _ => null,
    };

    private static async Task<IResult> GoAsync(
        HttpContext http, Clients clients, PublicAddress address, IDataProtectionProvider protection, CancellationToken ct)
    {
        try
        {
            var way = await clients.Stranger(http).AuthorizationAsync(new AuthorizationRequest(address.Of(http.Request)), ct);
            http.Response.Cookies.Append(Cookie, Protector(protection).Protect(JsonSerializer.Serialize(way), Life), Options(http));
            return TypedResults.Redirect(way.Url);
        }
        catch (ServiceException e)
        {
            return Refused(e.Status is 503 ? Away : Unset);
        }
    }

    private static async Task<IResult> BackAsync(
        HttpContext http, Clients clients, PublicAddress address, IDataProtectionProvider protection, TimeProvider time,
        CancellationToken ct, string? code = null, string? state = null)
    {
        var way = Read(protection, http.Request.Cookies[Cookie]);
        http.Response.Cookies.Delete(Cookie, Options(http));
        if (way is null || state != way.State) return Refused(Late);
        if (code is not { Length: > 0 }) return Refused(No);
        try
        {
            var shown = new AuthorizationCode(code, way.Verifier, way.Nonce, address.Of(http.Request));
            var made = await clients.Stranger(http).StartSessionAsync(new SessionRequest(null, null, null, null, shown), ct);
            await http.SignInAsync(TokenHolder.Of(made.Info), made.Text, time);
            return TypedResults.LocalRedirect(http.TakeWanted());
        }
        catch (ServiceException e)
        {
            return Refused(e.Status is 503 ? Away : No);
        }
    }

    private static RedirectHttpResult Refused(string why) => TypedResults.LocalRedirect("/login?refused=" + why);

    private static AuthorizationWay? Read(IDataProtectionProvider protection, string? cookie)
    {
        try
        {
            return cookie is null ? null : JsonSerializer.Deserialize<AuthorizationWay>(Protector(protection).Unprotect(cookie));
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection)
        => protection.CreateProtector("auxo way to the provider").ToTimeLimitedDataProtector();

    // Lax: the way back comes from another site.
    private static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = Life, Path = "/login",
    };
}
