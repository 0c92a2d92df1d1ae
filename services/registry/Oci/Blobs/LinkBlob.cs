using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Uploads;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Oci.Blobs;

/// <summary>Gives a received content its place, and then to the image: answered when both are on the disk.</summary>
public sealed class LinkBlob(BlobStore blobs, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>Runs to its end whether or not the client waits.</summary>
    /// <param name="http">For the answer.</param>
    /// <param name="path">The image.</param>
    /// <param name="repository">Its repository, as it was before.</param>
    /// <param name="digest">What the content is called, which is right.</param>
    /// <param name="received">The content.</param>
    /// <param name="upload">The upload that ends with it, if any.</param>
    public async Task<IResult> RunAsync(
        HttpContext http, OciPath path, RegistryRepository repository, OciDigest digest, ReceivedBlob received, Guid? upload)
    {
        await blobs.KeepAsync(received, CancellationToken.None);
        CrashPoint.Hit("registry.oci.blob_kept");
        try
        {
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(
                OciBlobTable.Link(path.Repository, path.Image, digest, received.Digest, received.SizeBytes, time.GetUtcNow()));
            if (upload is { } id) batch.BatchCommands.Add(UploadTable.Delete(id));
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (PostgresException e) when (e.SqlState == FileTable.NoRoom)
        {
            return OciErrors.NoRoom(repository);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // This machine stood still for longer than a pin lasts.
            return OciErrors.TryAgain();
        }

        CrashPoint.Hit("registry.oci.blob_linked");
        return BlobAnswers.Created(http, path, digest);
    }
}
