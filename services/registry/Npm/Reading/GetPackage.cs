using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

namespace Auxo.Registry.Npm.Reading;

/// <summary>
/// <c>GET</c> and <c>HEAD /npm/{repository}/NAME</c>: the package, whole or abbreviated as the client takes it; <c>…/VERSION</c> or
/// <c>…/TAG</c>: one version; <c>…/-/FILE</c>: its tarball. A name with a scope has its slash as it is or as <c>%2f</c>.
/// </summary>
public static class GetPackage
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/npm/{repository}/{**path}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetNpmPackage").WithTags("npm").RequireRepositoryScope(RegistryScopes.Read, NpmRequest.PackageBelow(""));

    private static async Task<IResult> HandleAsync(
        HttpContext http, RepositoryRows rows, NpmPackages packages, GetTarball tarball, CancellationToken ct)
    {
        var at = NpmRequest.At(http);
        if (await NpmRequest.FindAsync(rows, at, ct) is not { } repository)
            return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        if (NpmRequest.IsFunction(http)) return NpmProblems.NoRoute;
        if (NpmRequest.PathOf(http, "", out var refusal) is not { } path) return NpmProblems.Path(refusal!);
        var name = path.Package;
        switch (path.Rest)
        {
            case []:
                return await packages.PackumentAsync(http, repository, at!, name, !TakesAbbreviated(http.Request), ct) is { } packument
                    ? new DocumentResult(packument) : NpmProblems.NoPackage(repository, name);
            case ["-", var file]:
                return await tarball.RunAsync(http, repository, at!, name, file, ct);
            case [not ("-" or "-rev")]:
                return await packages.VersionAsync(http, repository, at!, name, path.Rest[0], ct) is { } version
                    ? new DocumentResult(version) : NpmProblems.NoVersion(name, path.Rest[0]);
            default:
                return NpmProblems.NoRoute;
        }
    }

    /// <summary>Who names neither kind gets all: Yarn sends no <c>Accept</c>, and needs what only the whole has.</summary>
    private static bool TakesAbbreviated(HttpRequest request)
    {
        var (abbreviated, full) = (0.0, 0.0);
        foreach (var accepted in request.GetTypedHeaders().Accept)
        {
            var quality = accepted.Quality ?? 1;
            if (accepted.MediaType.Equals(Packument.AbbreviatedType, StringComparison.OrdinalIgnoreCase)) abbreviated = quality;
            else if (accepted.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) full = quality;
        }

        return abbreviated > 0 && abbreviated >= full;
    }
}
