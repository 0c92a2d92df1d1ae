using Auxo.Registry.Oci.Manifests;
using Auxo.ServiceDefaults.Access;

using Marten.Exceptions;

using Npgsql;

namespace Auxo.Registry.Oci.Blobs;

/// <summary>
/// <c>DELETE /v2/NAME/blobs/DIGEST</c>: the image has it no more; others keep it. Refused while a manifest holds it: no manifest that
/// was pushed ever loses a blob.
/// </summary>
public sealed class DeleteBlob(IDocumentStore store, NpgsqlDataSource source, ImageGate gate, TimeProvider time)
{
    /// <summary>Answers.</summary>
    public Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
        => gate.RunAsync<IResult>(path.Name, async () =>
        {
            if (!OciDigest.TryParse(path.Reference, out var digest)) return OciErrors.Digest(path.Reference);
            await using var session = store.TracedSession();
            var stream = await ImageStream.OpenAsync(session, path.Name, ct);
            if (await OciBlobTable.FindAsync(source, path.Repository, path.Image, digest, ct) is null) return OciErrors.NoBlob(path);
            if (await OciBlobTable.IsHeldAsync(source, path.Repository, path.Image, digest, ct)) return Held(path);
            stream.Append(new ImageEvent.BlobRemoved(digest.ToString(), http.Caller(), time.GetUtcNow()));
            session.QueueSqlCommand(Sql.Command("select registry.oci_unlink($1, $2, $3)", path.Repository, path.Image, digest.ToString()));
            try
            {
                await session.SaveChangesAsync(ct);
            }
            catch (MartenCommandException e) when (Sql.State(e) == PostgresErrorCodes.ForeignKeyViolation)
            {
                return Held(path);
            }

            return TypedResults.StatusCode(StatusCodes.Status202Accepted);
        });

    private static OciError Held(OciPath path)
        => OciErrors.Unsupported($"A manifest of '{path.Name}' holds this blob. Delete the manifest first; the blob goes with it.");
}
