using System.Security.Claims;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Access.Authentications;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.ServiceDefaults.Access;

/// <summary>What a route asks for. A route that says nothing is for administrators only.</summary>
public static class Scopes
{
    /// <summary>The claim that only a person's session has.</summary>
    internal const string RoleClaim = "role";

    private static readonly AuthorizationPolicy AnyToken = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();

    /// <summary>Asks for a token with this scope, such as <c>pipeline:read</c>; <c>admin</c> has every scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(new AuthorizationPolicy([new ScopeRequirement(scope, OpenOnLoopback: false)], []));

    /// <summary>
    /// Asks for a token with this scope, or with this scope for the one thing that the route names: <c>registry:read</c>, or
    /// <c>registry:read:releases</c> where <paramref name="routeValue"/> is <c>releases</c>.
    /// </summary>
    public static TBuilder RequireScopeFor<TBuilder>(this TBuilder builder, string scope, string routeValue)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(new AuthorizationPolicy([new ScopeRequirement(scope, OpenOnLoopback: false, routeValue)], []));

    /// <summary>
    /// Asks for a token with this scope, unless the request is about one repository that everybody may read. About any other
    /// repository, and about what does not exist, a caller without a token gets the same answer.
    /// </summary>
    /// <param name="builder">The route.</param>
    /// <param name="scope">What a token needs.</param>
    /// <param name="repositoryOf">
    /// Which repository the request is about; null when there is no such thing. By default it is what the request calls
    /// <c>rid</c>.
    /// </param>
    public static TBuilder RequireScopeOrPublic<TBuilder>(
        this TBuilder builder, string scope, Func<HttpContext, ValueTask<Rid?>>? repositoryOf = null)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(new AuthorizationPolicy(
            [new ScopeRequirement(scope, OpenOnLoopback: false) { RepositoryOf = repositoryOf ?? NamedRepository }], []));

    /// <summary>Asks for a token that works, whatever it may.</summary>
    public static TBuilder RequireAnyToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(AnyToken);

    /// <summary>Open to programs on this machine (<see cref="LocalCaller"/>); everybody else needs a token with this scope.</summary>
    public static TBuilder RequireScopeUnlessLoopback<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(new AuthorizationPolicy([new ScopeRequirement(scope, OpenOnLoopback: true)], []));

    /// <summary>Whether the caller's token has this scope, for a request whose body may ask for more than its route does.</summary>
    public static bool HasScope(this ClaimsPrincipal user, string scope)
        => user.HasClaim(static c => c is { Type: TokenAuthentication.ScopeClaim, Value: AccessToken.Admin })
            || user.HasClaim(TokenAuthentication.ScopeClaim, scope);

    /// <summary>What the answer to a refused request names as missing, where a rule of a service refuses.</summary>
    public static void NameMissing(HttpContext http, string scope) => http.Items[TokenAuthentication.MissingScope] = scope;

    /// <summary>The name of the person whose session this is; null for a service account.</summary>
    public static string? Person(this ClaimsPrincipal user) => user.HasClaim(static c => c.Type == RoleClaim) ? user.Identity?.Name : null;

    /// <summary>
    /// Who is refused is asked for a user and a password too, the token: many package clients send theirs only then. A browser
    /// opens a window at such an answer, so that it is for services that no browser enters.
    /// </summary>
    public static IServiceCollection AskForPasswords(this IServiceCollection services)
        => services.Configure<TokenOptions>(TokenAuthentication.SchemeName, static options => options.NamesBasic = true);

    private static ValueTask<Rid?> NamedRepository(HttpContext http)
        => ValueTask.FromResult<Rid?>(
            Rid.TryParse(http.Request.RouteValues["rid"] as string ?? http.Request.Query["rid"], provider: null, out var rid) ? rid : null);

    internal static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<AuthenticationLog>();
        services.AddHostedService(static p => p.GetRequiredService<AuthenticationLog>());
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();

        // Not AddAuthentication: it brings data protection along, which writes keys for cookies into the user's home.
        services.AddAuthenticationCore(static options => options.DefaultScheme = TokenAuthentication.SchemeName).AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<TokenOptions, TokenAuthentication>(TokenAuthentication.SchemeName, configureOptions: null);
        var administrators = new AuthorizationPolicy([new ScopeRequirement(AccessToken.Admin, OpenOnLoopback: false)], []);
        services.AddAuthorizationBuilder().SetDefaultPolicy(administrators).SetFallbackPolicy(administrators);
    }
}

/// <summary>A scope that a route asks for; <see cref="RouteValue"/> names the part of the route to which it may be limited.</summary>
internal sealed record ScopeRequirement(string Scope, bool OpenOnLoopback, string? RouteValue = null) : IAuthorizationRequirement
{
    /// <summary>Which repository a request is about, where everybody may read public ones.</summary>
    public Func<HttpContext, ValueTask<Rid?>>? RepositoryOf { get; init; }
}

/// <summary>Compares what the token may with what the route asks for.</summary>
internal sealed class ScopeHandler(AccessTokens tokens) : AuthorizationHandler<ScopeRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        var http = context.Resource as HttpContext;
        var limited = requirement.RouteValue is { } name && http?.Request.RouteValues[name] is string { Length: > 0 } value
            ? $"{requirement.Scope}:{value}" : null;
        if (requirement.OpenOnLoopback && http is not null && LocalCaller.Is(http)
            || context.User.HasScope(requirement.Scope)
            || limited is not null && context.User.HasScope(limited)
            || requirement.RepositoryOf is { } repositoryOf && http is not null && await IsPublicAsync(context.User, http, repositoryOf))
            context.Succeed(requirement);
        else if (http is not null)
            Scopes.NameMissing(http, limited ?? requirement.Scope);
    }

    /// <summary>A token that does not work is refused, not taken for none: whoever presents it wants to hear of that.</summary>
    private async ValueTask<bool> IsPublicAsync(ClaimsPrincipal user, HttpContext http, Func<HttpContext, ValueTask<Rid?>> repositoryOf)
        => (user.Identity is { IsAuthenticated: true } || http.Request.Headers.Authorization.Count == 0)
            && await repositoryOf(http) is { } rid && await tokens.IsPublicAsync(rid, http.RequestAborted);
}
