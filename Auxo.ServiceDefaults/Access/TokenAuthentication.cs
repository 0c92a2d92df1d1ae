using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Auxo.ServiceDefaults.Access;

/// <summary>How a service asks for a token.</summary>
internal sealed class TokenOptions : AuthenticationSchemeOptions
{
    /// <summary>Also name Basic in a refusal.</summary>
    public bool NamesBasic { get; set; }
}

/// <summary>
/// Reads <c>Authorization: Bearer …</c>, or <c>Basic …</c> with the token as password and any user name; a caller without it is
/// anonymous, one with a wrong token is refused.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<TokenOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    AccessTokens tokens, IProblemDetailsService problems)
    : AuthenticationHandler<TokenOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    public const string ScopeClaim = "scope";

    /// <summary>The scope that the refused route asks for, for the answer.</summary>
    public static readonly object MissingScope = new();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (string.IsNullOrEmpty(header)) return AuthenticateResult.NoResult();
        if (header.Length > 1024 || Presented(header) is not { } presented) return AuthenticateResult.Fail("not a token");
        if (await tokens.FindAsync(presented, Context.RequestAborted) is not { } token) return AuthenticateResult.Fail("unknown token");

        Claim[] claims = [new(ClaimTypes.NameIdentifier, token.Id.ToString()), new(ClaimTypes.Name, token.Name),
            .. token.Scopes.Select(static s => new Claim(ScopeClaim, s))];
        if (token.Role is { } role) claims = [.. claims, new(Scopes.RoleClaim, role)];
        return AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName));
    }

    private static bool IsOfAPage(IHeaderDictionary headers)
        => headers.ContainsKey("Origin") || headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin");

    /// <summary>The token's text; null when the header is neither of the two, or a password that a page may not use.</summary>
    private string? Presented(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || value.Parameter is not { } parameter) return null;
        if (value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return parameter.Trim();
        // A browser sends a password that somebody typed once with the requests of every page, but says so.
        return value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && !IsOfAPage(Request.Headers)
            ? BasicPassword.Of(parameter) : null;
    }

    /// <summary>401; the same words for a missing, an unknown, a revoked and an expired token.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Options.NamesBasic
            ? new StringValues(["Bearer realm=\"auxo\"", "Basic realm=\"auxo\", charset=\"UTF-8\""])
            : "Bearer realm=\"auxo\"";
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
