using Auxo.Registry.Npm.Names;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.Features;

namespace Auxo.Registry.Npm;

/// <summary>What a request's address names, as it came over the wire.</summary>
internal static class NpmRequest
{
    /// <summary>The package and what follows it; null with what is wrong, as a whole sentence.</summary>
    /// <param name="http">The request.</param>
    /// <param name="below">What stands between the repository and the package, such as <c>-/package/</c>.</param>
    /// <param name="refusal">What is wrong.</param>
    public static NpmPath? PathOf(HttpContext http, string below, out string? refusal)
        // What was allowed is the repository of the route; so the wire must name the same.
        => NpmPath.FromTarget(
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, $"/npm/{http.Request.RouteValues["repository"]}/{below}",
            out refusal);

    /// <summary>All that follows, decoded; null when it cannot be.</summary>
    public static string? PartsBelow(HttpContext http, string below)
        => NpmPath.Parts(
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, $"/npm/{http.Request.RouteValues["repository"]}/{below}",
            out _) is { } parts ? string.Join('/', parts) : null;

    /// <summary>The package that a request is about, for what its token may; null for none.</summary>
    public static Func<HttpContext, string?> PackageBelow(string below) => http => PathOf(http, below, out _)?.Package.Value;

    /// <summary>Whether it is a function of npm's, not a package: <c>/-/…</c>, one that no other route knows.</summary>
    public static bool IsFunction(HttpContext http)
        => (http.Request.RouteValues["path"] as string)?.StartsWith("-/", StringComparison.Ordinal) is true;

    /// <summary>The repository and the moment that the route names.</summary>
    public static RepositoryAt? At(HttpContext http) => RepositoryAt.Parse(http.Request.RouteValues["repository"] as string);

    /// <summary>The repository, when it is one of npm's.</summary>
    public static async ValueTask<RegistryRepository?> FindAsync(RepositoryRows rows, RepositoryAt? at, CancellationToken ct)
        => at is null ? null : await rows.FindAsync(at.Name, RepositoryFormats.Npm, ct);
}
