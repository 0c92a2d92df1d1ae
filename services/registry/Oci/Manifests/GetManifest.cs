using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Blobs;
using Auxo.Registry.Oci.Mirrors;

using Microsoft.Win32.SafeHandles;

using Npgsql;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// <c>GET</c> and <c>HEAD /v2/NAME/manifests/REFERENCE</c>: the manifest, byte for byte as it was pushed and of that type. It is never
/// made into another one: that would have another digest, and a client that cannot read it says so better than a 404 would.
/// </summary>
public sealed class GetManifest(
    NpgsqlDataSource source, BlobStore blobs, OciRepositories repositories, ImageMirror mirror, FetchLog fetches)
{
    /// <summary>Answers.</summary>
    public async Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        var isDigest = OciDigest.TryParse(path.Reference, out _);
        if (!isDigest && path.Reference.Contains(':', StringComparison.Ordinal)) return OciErrors.Digest(path.Reference);
        for (var attempt = 0; ; attempt++)
        {
            if (!isDigest && !OciPath.IsTag(path.Reference)) return OciErrors.NoManifest(path);
            if (await ManifestTable.FindAsync(source, path.Repository, path.Image, path.Reference, ct) is not { } manifest)
                return await MirroredAsync(http, path, isDigest, ct);

            // Between the look and the opening the tag may have moved, and what it meant been swept.
            if (blobs.Files.OpenRead(manifest.Content) is not { } content)
            {
                if (attempt == 3) throw new MissingContentException(manifest.Content);
                continue;
            }

            fetches.Add(http, path.Repository, path.Image, path.Reference, manifest.Digest.ToString(), manifest.Content,
                manifest.SizeBytes);
            return Answer(http, manifest, content, isDigest);
        }
    }

    private async Task<IResult> MirroredAsync(HttpContext http, OciPath path, bool isDigest, CancellationToken ct)
    {
        if (await repositories.FindAsync(path.Repository, ct) is not { } repository) return OciErrors.NoRepository(path.Repository);
        if (!MirrorAnswers.IsMeant(http, repository, path)
            || await mirror.ManifestAsync(repository, path, path.Reference, ct) is not { } found) return OciErrors.NoManifest(path);
        if (blobs.Files.OpenRead(found.Content) is not { } content) throw new MissingContentException(found.Content);
        if (found.IsStale) http.Response.Headers.Warning = MirrorAnswers.Stale;
        fetches.Add(http, path.Repository, path.Image, path.Reference, found.Digest.ToString(), found.Content, found.SizeBytes,
            found.Source);
        return Answer(
            http, new StoredManifest(found.Digest, found.Content, found.SizeBytes, found.MediaType, found.At), content, isDigest);
    }

    private static BlobResult Answer(HttpContext http, StoredManifest manifest, SafeFileHandle content, bool isDigest)
    {
        http.Response.Headers[OciHeaders.Digest] = manifest.Digest.ToString();
        return new BlobResult(
            content, manifest.Content, manifest.SizeBytes, manifest.MediaType, "manifest.json", manifest.PushedAt,
            isDigest ? GetBlob.Forever : "private, no-cache");
    }
}
