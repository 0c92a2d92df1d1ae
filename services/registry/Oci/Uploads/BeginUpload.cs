using Auxo.Registry.Blobs;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Blobs;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.Features;

namespace Auxo.Registry.Oci.Uploads;

/// <summary>
/// <c>POST /v2/NAME/blobs/uploads/</c>: begins an upload (202); with <c>?digest=</c> and the bytes it is the whole of it (201); with
/// <c>?mount=</c> the content comes from another image, if it can (201, else 202).
/// </summary>
public sealed class BeginUpload(
    MountBlob mount, BlobUpload upload, LinkBlob link, OciRepositories repositories, UploadRoom room, DiskGuard guard)
{
    /// <summary>Answers.</summary>
    public async Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        var query = http.Request.Query;
        if (await repositories.FindFillAsync(path.Repository, ct) is not { } repository)
            return OciErrors.NoRepository(path.Repository);
        if (query["mount"].FirstOrDefault() is { } mounted)
        {
            if (!OciDigest.TryParse(mounted, out var wanted)) return OciErrors.Digest(mounted);
            if (await mount.RunAsync(http, path, repository, wanted, query["from"].FirstOrDefault(), ct) is { } done) return done;
        }
        else if (query["digest"].FirstOrDefault() is { } said)
        {
            return OciDigest.TryParse(said, out var digest)
                ? await ReceiveAsync(http, path, repository, digest, ct) : OciErrors.Digest(said);
        }

        if (query["digest-algorithm"].FirstOrDefault() is { } algorithm && algorithm is not ("sha256" or "sha512"))
            return new OciError(400, "UNSUPPORTED", "Digests here are sha256 or sha512.");
        var id = Guid.NewGuid();
        if (!await room.BeginAsync(id, path, http.Caller(), ct)) return OciErrors.TooManyUploads(path.Repository);
        return UploadAnswers.Of(http, path with { Target = OciTarget.Upload, Reference = id.ToString() }, 0, StatusCodes.Status202Accepted);
    }

    private async Task<IResult> ReceiveAsync(
        HttpContext http, OciPath path, RegistryRepository repository, OciDigest digest, CancellationToken ct)
    {
        using var share = room.Enter(repository, Guid.NewGuid(), 0);
        if (await UploadAnswers.RefuseAsync(http, share, 0, guard, ct) is { } refusal) return refusal;
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        using var received = await upload.ReceiveAsync(http.Request.BodyReader, size => share.ReachAsync(size, ct), digest.IsSha512, ct);
        var found = received.Sha512 is { } sha512 ? OciDigest.OfSha512(sha512) : OciDigest.Of(received.Digest);
        return found != digest ? OciErrors.WrongDigest(digest, found, received.SizeBytes)
            : await link.RunAsync(http, path, repository, digest, received, null);
    }
}
