using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Files;

/// <summary><c>GET</c> and <c>HEAD /raw/{repository}/{path}</c>: the bytes, with ranges and conditions.</summary>
public static class GetFile
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/raw/{repository}/{**path}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetFile").WithTags("Files").RequireScopeFor(RegistryScopes.Read, "repository");

    private static async Task<Results<BlobResult, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, NpgsqlDataSource source, FileCache files, BlobStore blobs,
        FetchLog fetches, CancellationToken ct)
    {
        if (FileProblems.Name(http, repository, out var path) is { } wrong) return wrong;
        for (var attempt = 0; ; attempt++)
        {
            if (await files.FindAsync(repository, path!, ct) is not { } file)
                return await Repositories.RepositoryTable.FindAsync(source, repository, ct) is null
                    ? FileProblems.NoRepository(repository)
                    : FileProblems.NoFile(repository, path!);

            // Between the look and the opening it may have been replaced and swept: then there is a newer one to look for.
            if (blobs.Files.OpenRead(file.Digest) is { } content)
            {
                fetches.Add(http, repository, path!, version: "", path!, file.Digest, file.SizeBytes);
                return new BlobResult(content, file.Digest, file.SizeBytes, file.MediaType,
                    path![(path!.LastIndexOf('/') + 1)..], file.StoredAt, "private, no-cache");
            }

            files.Forget(repository, path!);
            if (attempt == 3) throw new MissingContentException(file.Digest);
        }
    }
}

/// <summary>
/// A content that the database knows is not on the disk: somebody else removed it. The file has to be restored from a backup or
/// sent again.
/// </summary>
public sealed class MissingContentException(Digest digest)
    : AuxoException("blob/missing", StatusCodes.Status500InternalServerError,
        $"{digest} should be on the disk and is not. Restore it from a backup, or send it again.");
