using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Blobs;

using Npgsql;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// <c>GET</c> and <c>HEAD /v2/NAME/manifests/REFERENCE</c>: the manifest, byte for byte as it was pushed and of that type. It is never
/// made into another one: that would have another digest, and a client that cannot read it says so better than a 404 would.
/// </summary>
public sealed class GetManifest(NpgsqlDataSource source, BlobStore blobs, OciRepositories repositories)
{
    /// <summary>Answers.</summary>
    public async Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        var isDigest = OciDigest.TryParse(path.Reference, out _);
        if (!isDigest && path.Reference.Contains(':', StringComparison.Ordinal)) return OciErrors.Digest(path.Reference);
        for (var attempt = 0; ; attempt++)
        {
            if (!isDigest && !OciPath.IsTag(path.Reference)
                || await ManifestTable.FindAsync(source, path.Repository, path.Image, path.Reference, ct) is not { } manifest)
                return await repositories.FindAsync(path.Repository, ct) is null
                    ? OciErrors.NoRepository(path.Repository) : OciErrors.NoManifest(path);

            // Between the look and the opening the tag may have moved, and what it meant been swept.
            if (blobs.Files.OpenRead(manifest.Content) is not { } content)
            {
                if (attempt == 3) throw new MissingContentException(manifest.Content);
                continue;
            }

            http.Response.Headers[OciHeaders.Digest] = manifest.Digest.ToString();
            return new BlobResult(
                content, manifest.Content, manifest.SizeBytes, manifest.MediaType, "manifest.json", manifest.PushedAt,
                isDigest ? GetBlob.Forever : "private, no-cache");
        }
    }
}
