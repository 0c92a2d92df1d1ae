using Auxo.Registry.Files;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Oci.Blobs;

/// <summary>
/// <c>POST /v2/NAME/blobs/uploads/?mount=DIGEST&amp;from=OTHER</c>: the image gets a content that another one has, without sending it.
/// The caller has to be allowed to read the other one; without <c>from</c> it may be any of those that he may read.
/// </summary>
public sealed class MountBlob(NpgsqlDataSource source, OciRepositories repositories, TimeProvider time)
{
    /// <summary>The answer; null when it cannot be mounted, and has to be sent.</summary>
    public async Task<IResult?> RunAsync(
        HttpContext http, OciPath path, RegistryRepository repository, OciDigest digest, string? from, CancellationToken ct)
    {
        if (await FindAsync(http, path, digest, from, ct) is not { } blob) return null;
        try
        {
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(
                OciBlobTable.Link(path.Repository, path.Image, digest, blob.Content, blob.SizeBytes, time.GetUtcNow()));
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (PostgresException e) when (e.SqlState == FileTable.NoRoom)
        {
            return OciErrors.NoRoom(repository);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // The other image lost it at this moment, and it was swept.
            return null;
        }

        return BlobAnswers.Created(http, path, digest);
    }

    private async Task<StoredOciBlob?> FindAsync(HttpContext http, OciPath path, OciDigest digest, string? from, CancellationToken ct)
    {
        if (await OciBlobTable.FindAsync(source, path.Repository, path.Image, digest, ct) is { } own) return own;
        if (from is null)
        {
            foreach (var (repository, image, blob) in await OciBlobTable.FindAnywhereAsync(source, digest, ct))
            {
                if (await repositories.MayReadAsync(http.User, repository, image, ct)) return blob;
            }

            return null;
        }

        if (!OciPath.IsName(from)) return null;
        var (otherRepository, otherImage) = OciPath.Split(from);
        return await repositories.MayReadAsync(http.User, otherRepository, otherImage, ct)
            ? await OciBlobTable.FindAsync(source, otherRepository, otherImage, digest, ct) : null;
    }
}

/// <summary>Answers of which there are several.</summary>
internal static class BlobAnswers
{
    /// <summary>201: the image has it.</summary>
    public static IResult Created(HttpContext http, OciPath path, OciDigest digest)
    {
        http.Response.Headers[OciHeaders.Digest] = digest.ToString();
        http.Response.Headers.Location = $"/v2/{path.Name}/blobs/{digest}";
        return TypedResults.StatusCode(StatusCodes.Status201Created);
    }
}
