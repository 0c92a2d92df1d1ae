using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;

using Auxo.ServiceDefaults.Access.Builds;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
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
/// Reads <c>Authorization: Bearer …</c>, or <c>Basic …</c> with the token as password and any user name; without either,
/// <c>X-NuGet-ApiKey</c>, which is how NuGet's clients send theirs. A caller without any is anonymous, one with a wrong token is
/// refused.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<TokenOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    AccessTokens tokens, IProblemDetailsService problems)
    : AuthenticationHandler<TokenOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    public const string ScopeClaim = "scope";
    private const string ApiKey = "X-NuGet-ApiKey";

    /// <summary>The scope that the refused route asks for, for the answer.</summary>
    public static readonly object MissingScope = new();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (string.IsNullOrEmpty(Request.Headers.Authorization) && !Request.Headers.ContainsKey(ApiKey))
            return AuthenticateResult.NoResult();
        return await FindAsync(Request, tokens, Context.RequestAborted) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(user, SchemeName))
            : AuthenticateResult.Fail("unknown token");
    }

    /// <summary>Whose token the request has, as it is now; null when it has none that works.</summary>
    public static async ValueTask<ClaimsPrincipal?> FindAsync(HttpRequest request, AccessTokens tokens, CancellationToken ct)
    {
        string? header = request.Headers.Authorization;
        if (string.IsNullOrEmpty(header) && request.Headers[ApiKey].ToString() is { Length: > 0 } key) header = $"Bearer {key}";
        if (header is null or { Length: > 1024 } || Presented(header, request.Headers) is not { } presented) return null;
        if (await (BuildToken.Claims(presented) ? ValueTask.FromResult(OfBuild(presented, request.HttpContext))
            : tokens.FindAsync(presented, ct)) is not { } token) return null;

        Claim[] claims = [new(ClaimTypes.NameIdentifier, token.Id.ToString()), new(ClaimTypes.Name, token.Name),
            .. token.Scopes.Select(static s => new Claim(ScopeClaim, s))];
        if (token.Role is { } role) claims = [.. claims, new(Scopes.RoleClaim, role)];
        return new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
    }

    /// <summary>
    /// The token of a build, where the service believes them: only for who comes from a step, or from a program of this machine (a
    /// step without a sandbox). One that a step gave away is worth nothing elsewhere.
    /// </summary>
    private static AccessToken? OfBuild(string presented, HttpContext http)
        => http.RequestServices.GetService<BuildTokenKey>()?.Read() is { } key && (StepSocket.Is(http) || LocalCaller.Is(http))
            ? BuildToken.Verify(presented, key, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow())?.ToAccess()
            : null;

    private static bool IsOfAPage(IHeaderDictionary headers)
        => headers.ContainsKey("Origin") || headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin");

    /// <summary>The token's text; null when the header is neither of the two, or a password that a page may not use.</summary>
    private static string? Presented(string header, IHeaderDictionary headers)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || value.Parameter is not { } parameter) return null;
        if (value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return parameter.Trim();
        // A browser sends a password that somebody typed once with the requests of every page, but says so.
        return value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && !IsOfAPage(headers)
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
            ? $"You may not do that: your access lacks the scope '{scope}'."
            : "You may not do that: the route is for administrators.");

    private async Task AnswerAsync(int status, string type, string detail)
    {
        Response.StatusCode = status;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context, ProblemDetails = AuxoProblem.Details(status, type, detail),
        });
    }
}
