using System.Security.Claims;

using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Authorization;

namespace Auxo.Registry.Access;

/// <summary>
/// What a route about a repository's packages asks for: the scope for everything, for the repository, or for a pattern of its
/// packages (<c>registry:write:npm/@acme/*</c>). Reading needs no token where the repository says so.
/// </summary>
public static class RepositoryAccess
{
    /// <summary>Asks for it.</summary>
    /// <param name="builder">The route; its value <c>repository</c> names the repository.</param>
    /// <param name="scope"><see cref="RegistryScopes.Read"/> or <see cref="RegistryScopes.Write"/>.</param>
    /// <param name="packageOf">The package that a request is about, in its normal form; null for none.</param>
    public static TBuilder RequireRepositoryScope<TBuilder>(
        this TBuilder builder, string scope, Func<HttpContext, string?>? packageOf = null)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(new AuthorizationPolicy([new RepositoryRequirement(scope, packageOf)], []));

    /// <summary>Whether a caller may do this with a package, or with any of the repository where it is null.</summary>
    public static bool May(this ClaimsPrincipal user, string scope, string repository, string? package)
        => user.HasScope(scope) || user.HasScope($"{scope}:{repository}")
            || package is not null && user.Claims.Any(c => c.Value.StartsWith($"{scope}:{repository}/", StringComparison.Ordinal)
                && PackagePattern.Matches(c.Value[(scope.Length + repository.Length + 2)..], package));
}

/// <summary>What <see cref="RepositoryAccess"/> asks for.</summary>
internal sealed record RepositoryRequirement(string Scope, Func<HttpContext, string?>? PackageOf) : IAuthorizationRequirement;

/// <summary>Compares it with what the caller may.</summary>
internal sealed class RepositoryAccessHandler(RepositoryRows repositories) : AuthorizationHandler<RepositoryRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, RepositoryRequirement requirement)
    {
        if (context.Resource is not HttpContext http
            || RepositoryAt.Parse(http.Request.RouteValues["repository"] as string) is not { } at) return;
        if (context.User.May(requirement.Scope, at.Name, requirement.PackageOf?.Invoke(http))
            || requirement.Scope == RegistryScopes.Read && await IsOpenAsync(context.User, http, at.Name))
            context.Succeed(requirement);
        else
            Scopes.NameMissing(http, $"{requirement.Scope}:{at.Name}");
    }

    /// <summary>A token that does not work is refused, not taken for none: whoever presents it wants to hear of that.</summary>
    private async ValueTask<bool> IsOpenAsync(ClaimsPrincipal user, HttpContext http, string name)
        => (user.Identity is { IsAuthenticated: true } || http.Request.Headers.Authorization.Count == 0)
            && await repositories.FindAsync(name, http.RequestAborted) is { AnonymousRead: true };
}
