using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.Packages;
using Auxo.Registry.PyPi.Mirroring;
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
        PyPiMirror mirror, FetchLog fetches, CancellationToken ct)
    {
        if (await PyPiRepository.FindAsync(rows, repository, ct) is not { } there) return PyPiRepository.None(repository);
        if (PyPiRoutes.ProjectOf(http) is not { } name || file.Length > DistributionFile.MaxLength + MetadataSuffix.Length
            || file.Any(char.IsControl)) return None(there);
        var stem = file.EndsWith(MetadataSuffix, StringComparison.Ordinal) ? file[..^MetadataSuffix.Length] : file;
        var version = DistributionFile.Parse(stem, out _)?.Version.Normal;
        if (version is not null && await PackageTable.FindFileAsync(source, there.Name, name, file, ct) is { } found)
        {
            fetches.Add(http, there.Name, name, version, file, found.Digest, found.SizeBytes);
            return BlobResult.OfVersion(blobs, found.Digest, found.SizeBytes, found.MediaType, file, found.StoredAt);
        }

        if (await mirror.FindFileAsync(there, name, file, ct) is not { } mirrored) return None(there);
        fetches.Add(http, there.Name, name, version ?? "", file, mirrored.Content, mirrored.SizeBytes, mirrored.Source);
        return BlobResult.OfVersion(blobs, mirrored.Content, mirrored.SizeBytes, "application/octet-stream", file, mirrored.FetchedAt);
    }

    private static ProblemHttpResult None(PyPiRepository repository)
        => AuxoProblem.NotFound("file/not-found",
            $"'{repository.Name}' has no such file, or does not offer it yet; 'simple/PROJECT/' names those that it offers.");
}
