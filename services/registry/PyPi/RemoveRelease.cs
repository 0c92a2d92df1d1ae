using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.PyPi;

/// <summary>
/// <c>DELETE /pypi/{repository}/projects/{project}/{version}</c>: a release goes with its files, and neither its number nor their names
/// ever come back. To stop people from using it, yank it instead.
/// </summary>
internal static class RemoveRelease
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/pypi/{repository}/projects/{project}/{version}", HandleAsync)
            .WithName("RemovePythonRelease").WithTags(PyPiRoutes.Tag).RequireRepositoryScope(RegistryScopes.Write, PyPiRoutes.ProjectOf);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string repository, string version, HttpContext http, RepositoryRows rows, NpgsqlDataSource source, ChangePackage change,
        CancellationToken ct)
    {
        if (await PyPiRepository.FindAsync(rows, repository, ct) is not { At.AsOf: null } there) return PyPiRepository.None(repository);
        return PyPiRoutes.ProjectOf(http) is { } project && await there.FindReleaseAsync(source, project, version, ct) is { } release
            && await change.RunAsync(there.Name, project, [new PackageChange.Remove(release)], http.Caller())
            ? TypedResults.NoContent()
            : there.NoRelease(version);
    }
}
