using Auxo.Registry.Files;
using Auxo.ServiceDefaults.Access;

using Npgsql;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// <c>DELETE /v2/NAME/manifests/REFERENCE</c>: by tag the tag goes, by digest the manifest and every tag that meant it. What happened
/// stays in the event store.
/// </summary>
public sealed class DeleteManifest(IDocumentStore store, NpgsqlDataSource source, ImageGate gate, TimeProvider time)
{
    /// <summary>Answers.</summary>
    public Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
        => gate.RunAsync<IResult>(path.Name, async () =>
        {
            var byDigest = OciDigest.TryParse(path.Reference, out var digest);
            if (!byDigest && path.Reference.Contains(':', StringComparison.Ordinal)) return OciErrors.Digest(path.Reference);
            await using var session = store.TracedSession();
            var stream = await ImageStream.OpenAsync(session, path.Name, ct);
            if (!byDigest && !OciPath.IsTag(path.Reference)
                || await ManifestTable.FindAsync(source, path.Repository, path.Image, path.Reference, ct) is not { } manifest)
                return OciErrors.NoManifest(path);
            var (by, now) = (http.Caller(), time.GetUtcNow());
            if (byDigest)
            {
                stream.Append(new ImageEvent.ManifestDeleted(
                    digest.ToString(), await ManifestTable.FindTagsOfAsync(source, path.Repository, path.Image, digest, ct), by, now));
                session.QueueSqlCommand(FileTable.Charge(path.Repository, -manifest.SizeBytes, -1));
                session.QueueSqlCommand(ManifestTable.Delete(path, digest));
            }
            else
            {
                stream.Append(new ImageEvent.TagRemoved(path.Reference, manifest.Digest.ToString(), by, now));
                session.QueueSqlCommand(ManifestTable.RemoveTag(path, path.Reference));
            }

            await session.SaveChangesAsync(ct);
            return TypedResults.StatusCode(StatusCodes.Status202Accepted);
        });
}
