using System.Security.Claims;
using System.Text.Encodings.Web;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Auxo.ServiceDefaults.Access;

/// <summary>Reads <c>Authorization: Bearer …</c>; a caller without it is anonymous, one with a wrong token is refused.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    AccessTokens tokens, IProblemDetailsService problems)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    public const string ScopeClaim = "scope";

    /// <summary>The scope that the refused route asks for, for the answer.</summary>
    public static readonly object MissingScope = new();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (string.IsNullOrEmpty(header)) return AuthenticateResult.NoResult();
        if (header.Length > 1024 || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.Fail(
            "not a bearer token");
        if (await tokens.FindAsync(header["Bearer ".Length..]
            .Trim(), Context.RequestAborted) is not { } token) return AuthenticateResult.Fail("unknown token");

        Claim[] claims = [new(ClaimTypes.NameIdentifier, token.Id.ToString()), new(ClaimTypes.Name, token.Name),
            .. token.Scopes.Select(static s => new Claim(ScopeClaim, s))];
        return AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName));
    }

    /// <summary>401; the same words for a missing, an unknown, a revoked and an expired token.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"auxo\"";
        return AnswerAsync(401, "access/unauthenticated",
            "A valid token is needed: 'Authorization: Bearer …'. The CLI finds its own in the instance's folder; AUXO_TOKEN overrides it.");
    }

    /// <summary>403 with the scope that is missing.</summary>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
        => AnswerAsync(403, "access/missing-scope", Context.Items[MissingScope] is string scope
            ? $"This token may not do that: it lacks the scope '{scope}'."
            : "This token may not do that: the route is for administrators.");

    private async Task AnswerAsync(int status, string type, string detail)
    {
        Response.StatusCode = status;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context, ProblemDetails = AuxoProblem.Details(status, type, detail),
        });
    }
}
