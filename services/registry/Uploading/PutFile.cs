using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

using Npgsql;

namespace Auxo.Registry.Uploading;

/// <summary>
/// <c>PUT /raw/{repository}/{path}</c>: keeps the body under that name. 201 for a new name, 200 for a new content of an old
/// one, each only after both the bytes and the name are on the disk. With <c>If-None-Match: *</c> it only creates, with
/// <c>If-Match</c> it replaces only what the caller has seen.
/// </summary>
public static class PutFile
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/raw/{repository}/{**path}", HandleAsync)
            .WithName("PutFile").WithTags("Files").RequireScopeFor(RegistryScopes.Write, "repository");

    private static async Task<Results<Created<FileAnswer>, Ok<FileAnswer>, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, NpgsqlDataSource source, BlobUpload upload, RecordFile record, DiskGuard guard,
        CancellationToken ct)
    {
        // Everything that can be refused is refused before the body is read: 'Expect: 100-continue' then spares the client the sending.
        var request = http.Request;
        if (FileProblems.Name(http, repository, out var path) is { } wrong) return wrong;
        if (request.Headers.ContainsKey(HeaderNames.ContentRange)) return AuxoProblem.BadRequest(
            "upload/partial", "A file is sent whole; 'Content-Range' cannot be used with PUT (RFC 9110 §14.5).");
        if (request.Headers.ContentEncoding.Count > 0) return AuxoProblem.Of(StatusCodes.Status415UnsupportedMediaType,
            "upload/encoded", "A file is kept byte for byte as it is sent: leave 'Content-Encoding' away.");
        if (MediaType(request) is not { } mediaType) return AuxoProblem.BadRequest(
            "upload/media-type", "'Content-Type' is no media type of at most 200 characters.");
        var (conditions, promised) = (Preconditions.From(request), PromisedDigests.From(request.Headers));
        if (await FileTable.FindPlaceAsync(source, repository, path!, ct) is not var (target, current,
            currentBytes)) return FileProblems.NoRepository(repository);
        if (RecordFile.Refuse(target, path!, current, conditions) is { } refusal) return refusal;

        var room = target.QuotaBytes - target.UsedBytes + currentBytes;
        if (request.ContentLength > room) return FileProblems.NoRoom(target);
        if (guard.Refuse(request.ContentLength ?? 0) is { } full) return AuxoProblem.Of(
            StatusCodes.Status507InsufficientStorage, "disk/full", full);

        // The quota is the limit, not the server's thirty megabytes.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        using var received = await upload.ReceiveAsync(request.BodyReader, Math.Max(room, 0), promised.Sha512 is not null, ct);
        CrashPoint.Hit("registry.upload.received");
        if (promised.Refuse(received) is { } mismatch) return AuxoProblem.BadRequest("upload/digest-mismatch", mismatch);

        var by = http.Caller();
        var answer = await record.RunAsync(new NewFile(target, path!, conditions, mediaType, by), received);
        if (answer.Result is not ProblemHttpResult) http.Response.Headers.ETag = received.Digest.ETag;
        return answer;
    }

    private static string? MediaType(HttpRequest request)
        => string.IsNullOrEmpty(request.ContentType) ? "application/octet-stream"
            : request.ContentType.Length <= 200
                && MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.ToString() : null;
}
