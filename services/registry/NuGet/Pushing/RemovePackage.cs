using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.NuGet.Pushing;

/// <summary>
/// <c>DELETE /nuget/{repository}/packages/{id}/{version}</c>: a version goes with its bytes, and its number never
/// comes back. Clients have no
/// command for it; what they call deleting only unlists.
/// </summary>
internal static class RemovePackage
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/nuget/{repository}/packages/{id}/{version}", HandleAsync)
            .WithName("RemoveNuGetPackage").WithTags(NuGetRoutes.Tag).RequireRepositoryScope(RegistryScopes.Write, NuGetRoutes.PackageOf);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string repository, string id, string version, HttpContext http, RepositoryRows rows, ChangePackage change, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { At.AsOf: null } there) return NuGetRepository.None(repository);
        return NuGetRoutes.PackageOf(http) is { } name && PackageId.ParseVersion(version) is { } parsed
            && await change.RunAsync(there.Name, name, [new PackageChange.Remove(PackageId.Normalize(parsed))], http.Caller())
            ? TypedResults.NoContent()
            : NoVersion(there, id, version);
    }

    /// <summary>404: there is no such version.</summary>
    internal static ProblemHttpResult NoVersion(NuGetRepository repository, string id, string version)
        => AuxoProblem.NotFound("package/not-found", $"'{repository.Name}' has no '{Shown(id)}' of the version '{Shown(version)}'.");

    private static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
}
