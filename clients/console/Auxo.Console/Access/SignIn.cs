using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Access;

/// <summary>A link that opens the console once.</summary>
/// <param name="Url">To be opened in a browser within five minutes.</param>
internal sealed record LoginLink(Uri Url);

/// <summary>Signing in and out: by a link that the command line makes, by name and password, or by typing a token.</summary>
internal static class SignIn
{
    private const string WantedCookie = "auxo_wanted";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30), WantedFor = TimeSpan.FromMinutes(10);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/login/links", MakeLinkAsync).WithName("MakeLoginLink").AllowAnonymous().DisableAntiforgery();
        routes.MapGet("/login/once/{code}", OpenLinkAsync).WithName("OpenLoginLink").AllowAnonymous();
        routes.MapPost("/logout", LogOutAsync).WithName("LogOut").AllowAnonymous();
    }

    /// <summary>Where somebody signs in who then comes back to where he is.</summary>
    public static string Url(HttpContext? http) => http is null ? "/login" : "/login?ReturnUrl=" + Uri.EscapeDataString(Page(http));

    /// <summary>The page on which somebody is: what was asked for, or that of the form that was sent.</summary>
    public static string Page(HttpContext? http)
    {
        if (http is null) return "/";
        if (HttpMethods.IsGet(http.Request.Method)) return http.Request.Path + http.Request.QueryString.Value;
        return http.Request.GetTypedHeaders().Referer is { } from && from.Authority == http.Request.Host.Value ? from.PathAndQuery : "/";
    }

    /// <summary>Signs somebody in, for thirty days or as long as the token lives.</summary>
    public static Task SignInAsync(this HttpContext http, TokenHolder holder, string token, TimeProvider time)
    {
        var until = time.GetUtcNow() + Longest;
        return http.SignInAsync(Session.Scheme, Session.Of(holder, token), new AuthenticationProperties
        {
            IsPersistent = true, ExpiresUtc = holder.ExpiresAt < until ? holder.ExpiresAt : until,
        });
    }

    /// <summary><c>POST /login/links</c>, with a token: for <c>auxo console</c>.</summary>
    private static async Task<Results<Ok<LoginLink>, UnauthorizedHttpResult>> MakeLinkAsync(
        HttpContext http, Clients clients, LoginLinks links, PublicAddress address, CancellationToken ct)
    {
        if (http.Request.Headers.Authorization.ToString() is not ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token]
            || await TokenHolder.FindAsync(clients, token.Trim(), ct) is not { } holder) return TypedResults.Unauthorized();
        return TypedResults.Ok(address.LinkOf(http.Request, links.Make(token.Trim(), holder)));
    }

    private static async Task<RedirectHttpResult> OpenLinkAsync(
        string code, HttpContext http, LoginLinks links, TimeProvider time)
    {
        if (links.Take(code) is not { } link) return TypedResults.LocalRedirect("/login?used=1");
        await http.SignInAsync(link.Holder, link.Token, time);
        return TypedResults.LocalRedirect(http.TakeWanted());
    }

    /// <summary>The page that somebody wanted before the sign-in; it is forgotten then.</summary>
    public static string TakeWanted(this HttpContext http)
    {
        var wanted = http.Request.Cookies[WantedCookie];
        http.Wants(null);
        return Own(wanted);
    }

    /// <summary>
    /// Remembers the page that somebody wanted when he was led to the sign-in: a link that he opens then in this browser leads there, too.
    /// </summary>
    public static void Wants(this HttpContext http, string? page)
    {
        var cookie = new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = WantedFor, Path = "/login",
        };
        if (page is not null && Own(page) == page) http.Response.Cookies.Append(WantedCookie, page, cookie);
        else http.Response.Cookies.Delete(WantedCookie, cookie);
    }

    /// <summary>A page of this console; the first one for anything else.</summary>
    public static string Own(string? page) => page is ['/', not ('/' or '\\'), ..] ? page : "/";

    private static async Task<RedirectHttpResult> LogOutAsync(
        HttpContext http, IAntiforgery antiforgery, Clients clients, KnownHolders holders, CancellationToken ct)
    {
        // A page of another site must not sign anybody out, either.
        if (!await antiforgery.IsRequestValidAsync(http)) return TypedResults.LocalRedirect("/login");
        var user = (await http.AuthenticateAsync(Session.Scheme)).Principal;
        await http.SignOutAsync(Session.Scheme);
        if (user is null || !user.IsPerson()) return TypedResults.LocalRedirect("/login");
        holders.Forget(user.Token()!);
        try
        {
            await clients.EndSessionAsync(user.Token()!, ct);
        }
        catch (ServiceException)
        {
            // It ends by itself within twelve hours; the browser has forgotten it.
        }

        return TypedResults.LocalRedirect("/login");
    }
}
