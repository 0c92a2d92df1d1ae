using System.Security.Claims;

namespace Auxo.Console.Access;

/// <summary>Who is signed in. The cookie holds the token itself, encrypted: the console keeps nothing of its own.</summary>
internal static class Session
{
    /// <summary>The cookie's scheme.</summary>
    public const string Scheme = "session";

    private const string TokenClaim = "token";
    private const string ScopeClaim = "scope";
    private const string RoleClaim = "role";

    /// <summary>The holder of a token, as the cookie keeps it.</summary>
    public static ClaimsPrincipal Of(TokenHolder holder, string token)
        => new(new ClaimsIdentity(
            [new(ClaimTypes.Name, holder.Name), new(TokenClaim, token), .. holder.Scopes.Select(static s => new Claim(ScopeClaim, s)),
                .. holder.Role is { } role ? [new Claim(RoleClaim, role)] : Array.Empty<Claim>()],
            Scheme));

    /// <summary>Whether a person has signed in, by password or key; false for the token of a service account.</summary>
    public static bool IsPerson(this ClaimsPrincipal user) => user.HasClaim(static c => c.Type == RoleClaim);

    /// <summary>The token with which the services are asked; null for nobody.</summary>
    public static string? Token(this ClaimsPrincipal user) => user.FindFirstValue(TokenClaim);

    /// <summary>Whether a button makes sense. The services decide themselves, whatever a page shows.</summary>
    public static bool May(this ClaimsPrincipal user, string scope)
        => user.HasClaim(ScopeClaim, "admin") || user.HasClaim(ScopeClaim, scope);
}
