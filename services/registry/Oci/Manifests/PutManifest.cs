using System.Buffers;
using System.IO.Pipelines;

using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;

using Marten.Exceptions;

using Microsoft.AspNetCore.Http.Features;

using Npgsql;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// <c>PUT /v2/NAME/manifests/REFERENCE</c>: keeps a manifest under its digest, and has the tag mean it. By digest, <c>?tag=</c> sets any
/// number of tags. Everything that it holds has to be there already.
/// </summary>
public sealed class PutManifest(
    IDocumentStore store, NpgsqlDataSource source, BlobUpload upload, BlobStore blobs, ImageGate gate,
    OciRepositories repositories, DiskGuard guard, TimeProvider time)
{
    /// <summary>The specification's smallest allowed limit, and what every other registry has.</summary>
    internal const int LimitBytes = 4 << 20;
    private const int MostTags = 100;

    /// <summary>Answers.</summary>
    public async Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        if (await repositories.FindAsync(path.Repository, ct) is not { } repository)
            return OciErrors.NoRepository(path.Repository);
        if (guard.Refuse(http.Request.ContentLength ?? 0) is { } full) return OciErrors.DiskFull(full);
        if (await ReadAsync(http, ct) is not { } bytes)
            return new OciError(StatusCodes.Status413PayloadTooLarge, "SIZE_INVALID", $"A manifest has at most {LimitBytes} bytes.");
        var byDigest = OciDigest.TryParse(path.Reference, out var said);
        var digest = OciDigest.Of(bytes.Span, byDigest && said.IsSha512);
        if (byDigest && digest != said) return OciErrors.WrongDigest(said, digest, bytes.Length);
        if (!byDigest && path.Reference.Contains(':', StringComparison.Ordinal)) return OciErrors.Digest(path.Reference);
        List<string> tags = byDigest
            ? [.. http.Request.Query["tag"].OfType<string>().Distinct(StringComparer.Ordinal)] : [path.Reference];
        if (tags.Find(static tag => !OciPath.IsTag(tag)) is { } wrong)
            return new OciError(400, "MANIFEST_INVALID",
                $"'{wrong[..Math.Min(wrong.Length, 130)]}' is no tag: 1 to 128 letters, digits and . _ -, not beginning with '.' or '-'.");
        if (tags.Count > MostTags)
            return new OciError(StatusCodes.Status414UriTooLong, "MANIFEST_INVALID", $"At most {MostTags} tags are set at once.");
        var (content, refusal) = ManifestReader.Read(http.Request.ContentType, bytes);
        if (content is null) return new OciError(400, "MANIFEST_INVALID", refusal!);

        using var received = await upload.ReceiveAsync(
            PipeReader.Create(new ReadOnlySequence<byte>(bytes)), LimitBytes, sha512: false, ct);
        return await KeepAsync(
            http, path, repository, new NewManifest(digest, bytes.Length, content, tags, http.Caller()), received);
    }

    /// <summary>Runs to its end whether or not the client waits.</summary>
    private async Task<IResult> KeepAsync(
        HttpContext http, OciPath path, RegistryRepository repository, NewManifest manifest, ReceivedBlob received)
    {
        await blobs.KeepAsync(received, CancellationToken.None);
        return await gate.RunAsync<IResult>(path.Name, async () =>
        {
            await using var session = store.TracedSession();
            var stream = await ImageStream.OpenAsync(session, path.Name, CancellationToken.None);
            var digest = manifest.Digest.ToString();
            IReadOnlyList<Descriptor> parts = [.. manifest.Content.Blobs, .. manifest.Content.Children];
            var (there, manifests) = await ManifestTable.FindPartsAsync(
                source, path.Repository, path.Image, parts, CancellationToken.None);
            var known = await ManifestTable.FindAsync(source, path.Repository, path.Image, digest, CancellationToken.None) is not null;
            var current = await ManifestTable.FindTagsAsync(source, path.Repository, path.Image, manifest.Tags, CancellationToken.None);
            if (PutDecision.Refuse(manifest, repository.Immutable, there, manifests, current) is { } refusal) return refusal;
            var events = PutDecision.Decide(manifest, known, current, time.GetUtcNow());
            stream.Append(events);
            if (events.OfType<ImageEvent.ManifestPut>().FirstOrDefault() is { } put)
            {
                session.QueueSqlCommand(FileTable.Charge(path.Repository, manifest.SizeBytes, 1));
                session.QueueSqlCommand(ManifestTable.Put(path, put, received.Digest, manifest.Content.Annotations));
                session.QueueSqlCommand(ManifestTable.Hold(
                    path, digest, parts.Select(static p => p.Digest.ToString()).Where(there.ContainsKey)));
            }

            foreach (var tag in events.OfType<ImageEvent.TagSet>()) session.QueueSqlCommand(ManifestTable.SetTag(path, tag));
            CrashPoint.Hit("registry.oci.manifest_before_commit");
            try
            {
                if (events.Count > 0) await session.SaveChangesAsync(CancellationToken.None);
            }
            catch (MartenCommandException e) when (Sql.State(e) == FileTable.NoRoom)
            {
                return OciErrors.NoRoom(repository);
            }
            catch (MartenCommandException e) when (Sql.State(e) == PostgresErrorCodes.ForeignKeyViolation)
            {
                return new OciError(404, "MANIFEST_BLOB_UNKNOWN", "A blob of it was taken away at this moment. Push the image again.");
            }

            CrashPoint.Hit("registry.oci.manifest_committed");
            http.Response.Headers[OciHeaders.Digest] = digest;
            http.Response.Headers.Location = $"/v2/{path.Name}/manifests/{digest}";
            if (manifest.Content.Subject is { } subject) http.Response.Headers[OciHeaders.Subject] = subject.ToString();
            if (path.Reference == digest && manifest.Tags.Count > 0)
                http.Response.Headers[OciHeaders.Tag] = string.Join(", ", manifest.Tags);
            return TypedResults.StatusCode(StatusCodes.Status201Created);
        });
    }

    /// <summary>All of the body; null when it is too long.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Request.ContentLength > LimitBytes) return null;
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var bytes = new ArrayBufferWriter<byte>((int)(http.Request.ContentLength ?? 4096) + 1);
        while (bytes.WrittenCount <= LimitBytes)
        {
            var read = await http.Request.Body.ReadAsync(bytes.GetMemory(1), ct);
            if (read == 0) return bytes.WrittenMemory;
            bytes.Advance(read);
        }

        return null;
    }
}
