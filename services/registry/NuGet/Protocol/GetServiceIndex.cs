using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Packages;
using Auxo.Registry.Packages.Uploading;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary><c>GET /nuget/{repository}/v3/index.json</c>: what the feed can do, and where.</summary>
internal static class GetServiceIndex
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods($"{NuGetRoutes.Root}/index.json", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetNuGetIndex").WithTags(NuGetRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, UploadAccess.AnyPackage(RegistryScopes.Read));

    private static async Task<Results<DocumentResult, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, RepositoryRows rows, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        return new DocumentResult(PackageDocument.Of(
            JsonSerializer.SerializeToUtf8Bytes(ServiceIndex.At(there.AddressFor(http)), NuGetJson.Default.ServiceIndex),
            "application/json"));
    }
}
