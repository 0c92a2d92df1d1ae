using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.NuGet.Mirroring;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.NuGet.Flat;

/// <summary>
/// <c>GET</c> and <c>HEAD /nuget/{repository}/v3/flat/{id}/{version}/{file}</c>: <c>ID.VERSION.nupkg</c> byte for byte as it was pushed,
/// <c>ID.nuspec</c>, <c>readme</c>, or <c>ID.VERSION.snupkg</c>.
/// </summary>
internal static class GetPackageFile
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods(
                $"{NuGetRoutes.Root}/flat/{{id}}/{{version}}/{{file}}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetNuGetFile").WithTags(NuGetRoutes.Tag).RequireRepositoryScope(RegistryScopes.Read, NuGetRoutes.PackageOf);

    private static async Task<Results<BlobResult, ProblemHttpResult>> HandleAsync(
        string repository, string id, string version, string file, HttpContext http, RepositoryRows rows, NpgsqlDataSource source,
        BlobStore blobs, NuGetMirror mirror, FetchLog fetches, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        if (PackageFileName.Find(id, version, file) is not var (name, normal, stored)) return None(there);
        if (await PackageTable.FindFileAsync(source, there.Name, name, stored, ct) is { } found)
        {
            fetches.Add(http, there.Name, name, normal, stored, found.Digest, found.SizeBytes);
            return BlobResult.OfVersion(blobs, found.Digest, found.SizeBytes, found.MediaType, stored, found.StoredAt);
        }

        if (await mirror.FindFileAsync(there, name, normal, stored, ct) is not { } mirrored) return None(there);
        fetches.Add(http, there.Name, name, normal, stored, mirrored.Content, mirrored.SizeBytes, mirrored.Source);
        return BlobResult.OfVersion(blobs, mirrored.Content, mirrored.SizeBytes, "application/octet-stream", stored, mirrored.FetchedAt);
    }

    private static ProblemHttpResult None(NuGetRepository repository)
        => AuxoProblem.NotFound("file/not-found",
            $"'{repository.Name}' has no such file, or does not offer it yet; 'flat/ID/index.json' names the versions that it offers.");
}
