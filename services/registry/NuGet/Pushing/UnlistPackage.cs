using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.NuGet.Pushing;

/// <summary>
/// <c>DELETE /nuget/{repository}/v3/push/{id}/{version}</c>, which is <c>dotnet nuget delete</c>: the version is found
/// no more, but whoever
/// builds with it still gets it. <c>POST</c> lists it again.
/// </summary>
internal static class UnlistPackage
{
    private const string Route = $"{NuGetRoutes.Root}/push/{{id}}/{{version}}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDelete(Route, UnlistAsync).WithName("UnlistNuGetPackage").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Write, NuGetRoutes.PackageOf);
        routes.MapPost(Route, RelistAsync).WithName("RelistNuGetPackage").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Write, NuGetRoutes.PackageOf);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> UnlistAsync(
        string repository, string id, string version, HttpContext http, RepositoryRows rows, ChangePackage change, CancellationToken ct)
        => await MarkAsync(repository, id, version, "", http, rows, change, ct) is { } problem ? problem : TypedResults.NoContent();

    private static async Task<Results<Ok, ProblemHttpResult>> RelistAsync(
        string repository, string id, string version, HttpContext http, RepositoryRows rows, ChangePackage change, CancellationToken ct)
        => await MarkAsync(repository, id, version, null, http, rows, change, ct) is { } problem ? problem : TypedResults.Ok();

    private static async Task<ProblemHttpResult?> MarkAsync(
        string repository, string id, string version, string? text, HttpContext http, RepositoryRows rows, ChangePackage change,
        CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { At.AsOf: null } there) return NuGetRepository.None(repository);
        return NuGetRoutes.PackageOf(http) is { } name && PackageId.ParseVersion(version) is { } parsed
            && await change.RunAsync(
                there.Name, name, [new PackageChange.Mark(PackageId.Normalize(parsed), "unlisted", text)], http.Caller())
            ? null
            : RemovePackage.NoVersion(there, id, version);
    }
}
