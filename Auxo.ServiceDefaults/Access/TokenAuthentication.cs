using System.Security.Claims;
using System.Text.Encodings.Web;

using Auxo.ServiceDefaults.Access.Authentications;
using Auxo.ServiceDefaults.Access.Builds;
using Auxo.ServiceDefaults.Access.Outside;

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
    AccessTokens tokens, AuthenticationLog log, IProblemDetailsService problems)
    : AuthenticationHandler<TokenOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    public const string ScopeClaim = "scope";

    /// <summary>The scope that the refused route asks for, for the answer.</summary>
    public static readonly object MissingScope = new();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (PresentedCredentials.Of(Request) is not { } presented) return AuthenticateResult.NoResult();
        CheckedCredentials answer;
        try
        {
            answer = await CheckAsync(presented, Context, tokens, Context.RequestAborted);
        }
        catch (AuxoException e)
        {
            log.Refused(Context, presented.Kind, Refusals.Of(e), presented.User);
            throw;
        }

        if (answer.Token is not { } token)
        {
            // Whoever asks an authority shows no token of ours, whose hash could say whose it was.
            log.Refused(Context, answer.Kind, answer.Refusal!, answer.Name ?? presented.User, answer.IsOutside ? null : presented.Secret);
            return AuthenticateResult.Fail("unknown token");
        }

        log.Accepted(Context, answer.Kind, token.Name, token.Id);
        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(token), SchemeName));
    }

    /// <summary>Whose token the request has, as it is now; null when it has none that works.</summary>
    public static async ValueTask<ClaimsPrincipal?> FindAsync(HttpRequest request, AccessTokens tokens, CancellationToken ct)
        => PresentedCredentials.Of(request) is { } presented
            && (await CheckAsync(presented, request.HttpContext, tokens, ct)).Token is { } token ? PrincipalOf(token) : null;

    private static ClaimsPrincipal PrincipalOf(AccessToken token)
    {
        Claim[] claims = [new(ClaimTypes.NameIdentifier, token.Id.ToString()), new(ClaimTypes.Name, token.Name),
            .. token.Scopes.Select(static s => new Claim(ScopeClaim, s))];
        if (token.Role is { } role) claims = [.. claims, new(Scopes.RoleClaim, role)];
        return new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
    }

    /// <summary>Whose credentials they are, or why nobody's.</summary>
    private static async ValueTask<CheckedCredentials> CheckAsync(
        PresentedCredentials presented, HttpContext http, AccessTokens tokens, CancellationToken ct)
    {
        if (presented.Secret is not { } secret) return new(presented.Kind, null, presented.Refusal);
        if (BuildToken.Claims(secret)) return new(AuthenticationKinds.Build, OfBuild(secret, http), Refusals.BuildToken);
        foreach (var authority in http.RequestServices.GetServices<IOutsideAuthority>())
        {
            if (!authority.Knows(presented.User, secret)) continue;
            var said = await authority.AskAsync(http, presented.User, secret, ct);
            return new(said.Kind, said.Access, said.Refusal, said.Name, IsOutside: true);
        }

        return new(presented.Kind, await tokens.FindAsync(secret, ct), Refusals.UnknownToken);
    }

    /// <summary>
    /// The token of a build, where the service believes them: only for who comes from a step, or from a program of this machine (a
    /// step without a sandbox). One that a step gave away is worth nothing elsewhere.
    /// </summary>
    private static AccessToken? OfBuild(string presented, HttpContext http)
        => http.RequestServices.GetService<BuildTokenKey>()?.Read() is { } key && (StepSocket.Is(http) || LocalCaller.Is(http))
            ? BuildToken.Verify(presented, key, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow())?.ToAccess()
            : null;

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
