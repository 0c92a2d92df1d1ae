using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
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
        BlobStore blobs, FetchLog fetches, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { } there) return NuGetRepository.None(repository);
        if (PackageFileName.Find(id, version, file) is not var (name, stored)
            || await PackageTable.FindFileAsync(source, there.Name, name, stored, ct) is not { } found)
            return AuxoProblem.NotFound("file/not-found", $"'{there.Name}' has no such file; 'flat/ID/index.json' names a package's versions.");
        fetches.Add(http, there.Name, name, version.ToLowerInvariant(), stored, found.Digest, found.SizeBytes);
        // A name means the same bytes for ever, so whoever has them need not ask again.
        return blobs.Files.OpenRead(found.Digest) is { } content
            ? new BlobResult(content, found.Digest, found.SizeBytes, found.MediaType, found.Name, found.StoredAt,
                "private, max-age=31536000, immutable")
            : throw new MissingContentException(found.Digest);
    }
}
