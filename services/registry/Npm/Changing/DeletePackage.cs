using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Npm.Changing;

/// <summary>
/// <c>DELETE /npm/{repository}/NAME/-rev/REVISION</c>: removes all of a package; <c>…/-/FILE/-rev/REVISION</c>: what npm sends after it
/// removed the file's version, whose file went with it.
/// </summary>
public static class DeletePackage
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/npm/{repository}/{**path}", HandleAsync)
            .WithName("DeleteNpmPackage").WithTags("npm").RequireRepositoryScope(RegistryScopes.Write, NpmRequest.PackageBelow(""));

    private static async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> HandleAsync(
        HttpContext http, RepositoryRows rows, NpgsqlDataSource source, ChangeNpmPackage change, CancellationToken ct)
    {
        var at = NpmRequest.At(http);
        if (await NpmRequest.FindAsync(rows, at, ct) is not { } repository)
            return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        if (at!.AsOf is not null) return AuxoProblem.Conflict("npm/past", "The past cannot be changed: leave '@' and the date away.");
        if (NpmRequest.IsFunction(http)) return NpmProblems.NoRoute;
        if (NpmRequest.PathOf(http, "", out var refusal) is not { } path) return NpmProblems.Path(refusal!);
        switch (path.Rest)
        {
            case ["-rev", var revision]:
                return await change.RemoveAllAsync(repository.Name, path.Package, revision, http, ct);
            case ["-", var file, "-rev", _]:
                return await PackageTable.FindFileAsync(source, repository.Name, path.Package.Value, file, ct) is null
                    ? Answers.Done
                    : AuxoProblem.Conflict("npm/file-in-use",
                        $"'{NpmProblems.Shown(file)}' belongs to a version that is there. Remove it: npm unpublish NAME@VERSION");
            default:
                return NpmProblems.NoRoute;
        }
    }
}
