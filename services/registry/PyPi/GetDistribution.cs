using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.PyPi;

/// <summary>
/// <c>GET</c> and <c>HEAD /pypi/{repository}/files/{project}/{file}</c>: a wheel or source distribution; with <c>.metadata</c> behind a
/// wheel's name its metadata alone (PEP 658).
/// </summary>
internal static class GetDistribution
{
    /// <summary>Beside a wheel.</summary>
    public const string MetadataSuffix = ".metadata";

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/pypi/{repository}/files/{project}/{file}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetPythonDistribution").WithTags(PyPiRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Read, PyPiRoutes.ProjectOf);

    private static async Task<Results<BlobResult, ProblemHttpResult>> HandleAsync(
        string repository, string project, string file, HttpContext http, RepositoryRows rows, NpgsqlDataSource source, BlobStore blobs,
        FetchLog fetches, CancellationToken ct)
    {
        if (await PyPiRepository.FindAsync(rows, repository, ct) is not { } there) return PyPiRepository.None(repository);
        var stem = file.EndsWith(MetadataSuffix, StringComparison.Ordinal) ? file[..^MetadataSuffix.Length] : file;
        if (PyPiRoutes.ProjectOf(http) is not { } name || DistributionFile.Parse(stem, out _) is not { } parsed
            || await PackageTable.FindFileAsync(source, there.Name, name, file, ct) is not { } found)
            return AuxoProblem.NotFound("file/not-found", $"'{there.Name}' has no such file. 'simple/{project}/' names those that are there.");
        fetches.Add(http, there.Name, name, parsed.Version.Normal, file, found.Digest, found.SizeBytes);
        CancellationToken ct)
    {
        if (PyPiRoutes.ProjectOf(http) is not { } name || DistributionFile.Parse(stem, out _) is null
        // A name means the same bytes for ever, so whoever has them need not ask again.
        return blobs.Files.OpenRead(found.Digest) is { } content
            ? new BlobResult(content, found.Digest, found.SizeBytes, found.MediaType, found.Name, found.StoredAt,
                "private, max-age=31536000, immutable")
            : throw new MissingContentException(found.Digest);
    }
}
