using System.Security.Claims;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.ServiceDefaults.Access;

/// <summary>What a route asks for. A route that says nothing is for administrators only.</summary>
public static class Scopes
{
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

    /// <summary>Open to programs on this machine (<see cref="LocalCaller"/>); everybody else needs a token with this scope.</summary>
    public static TBuilder RequireScopeUnlessLoopback<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(new AuthorizationPolicy([new ScopeRequirement(scope, OpenOnLoopback: true)], []));

    /// <summary>Whether the caller's token has this scope, for a request whose body may ask for more than its route does.</summary>
    public static bool HasScope(this ClaimsPrincipal user, string scope)
        => user.HasClaim(static c => c is { Type: TokenAuthentication.ScopeClaim, Value: AccessToken.Admin })
            || user.HasClaim(TokenAuthentication.ScopeClaim, scope);

    /// <summary>
    /// Who is refused is asked for a user and a password too, the token: many package clients send theirs only then. A browser
    /// opens a window at such an answer, so that it is for services that no browser enters.
    /// </summary>
    public static IServiceCollection AskForPasswords(this IServiceCollection services)
        => services.Configure<TokenOptions>(TokenAuthentication.SchemeName, static options => options.NamesBasic = true);

    internal static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokens>();
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
internal sealed record ScopeRequirement(string Scope, bool OpenOnLoopback, string? RouteValue = null) : IAuthorizationRequirement;

/// <summary>Compares what the token may with what the route asks for.</summary>
internal sealed class ScopeHandler : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        var http = context.Resource as HttpContext;
        if (requirement.OpenOnLoopback && http is not null && LocalCaller.Is(http)
            || context.User.HasScope(requirement.Scope)
            || requirement.RouteValue is { } name
                && http?.Request.RouteValues[name] is string { Length: > 0 } value && context.User.HasScope($"{requirement.Scope}:{value}"))
            context.Succeed(requirement);
        else if (http is not null)
            http.Items[TokenAuthentication.MissingScope] = requirement.Scope;
        return Task.CompletedTask;
    }
}
