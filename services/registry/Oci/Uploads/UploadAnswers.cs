using System.Globalization;

using Auxo.ServiceDefaults.Disk;

namespace Auxo.Registry.Oci.Uploads;

/// <summary>Answers of which there are several.</summary>
internal static class UploadAnswers
{
    /// <summary>Where the upload is and how far: the last byte's place, or 0-0 when there is none, as the first registries said
    /// it.</summary>
    public static IResult Of(HttpContext http, OciPath upload, long receivedBytes, int status)
    {
        var headers = http.Response.Headers;
        headers.Location = $"/v2/{upload.Name}/blobs/uploads/{upload.Reference}";
        headers["Docker-Upload-UUID"] = upload.Reference;
        headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, receivedBytes - 1)}");
        return TypedResults.StatusCode(status);
    }

    /// <summary>416: the chunk does not begin where the upload is.</summary>
    public static IResult OutOfOrder(HttpContext http, OciPath upload, long receivedBytes)
    {
        Of(http, upload, receivedBytes, 0);
        return new OciError(StatusCodes.Status416RangeNotSatisfiable, "BLOB_UPLOAD_INVALID", string.Create(
            CultureInfo.InvariantCulture, $"The next chunk begins at byte {receivedBytes}: that many are on the disk. Go on from there."));
    }

    /// <summary>Why nothing of this size can be received, before the body is read; null when it can, and has its room.</summary>
    public static async Task<IResult?> RefuseAsync(
        HttpContext http, UploadShare share, long receivedBytes, DiskGuard guard, CancellationToken ct)
        => receivedBytes + (http.Request.ContentLength ?? 0) is > 0 and var bytes && await share.ReachAsync(bytes, ct) < bytes
            ? share.NoRoom()
            : guard.Refuse(http.Request.ContentLength ?? 0) is { } full ? OciErrors.DiskFull(full) : null;
}
