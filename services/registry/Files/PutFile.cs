using Auxo.Registry.Blobs;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

using Marten.Exceptions;

using Npgsql;

namespace Auxo.Registry.Files;

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
        string repository, HttpContext http, NpgsqlDataSource source, IDocumentStore store, BlobStore blobs,
        BlobUpload upload, FileCache files, DiskGuard guard, TimeProvider time,
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
        if (Refuse(target, path!, current, conditions) is { } refusal) return refusal;

        var room = target.QuotaBytes - target.UsedBytes + currentBytes;
        if (request.ContentLength > room) return FileProblems.NoRoom(target);
        if (guard.Refuse(request.ContentLength ?? 0) is { } full) return AuxoProblem.Of(
            StatusCodes.Status507InsufficientStorage, "disk/full", full);

        // The quota is the limit, not the server's thirty megabytes.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        using var received = await upload.ReceiveAsync(request.BodyReader, Math.Max(room, 0), promised.Sha512 is not null, ct);
        CrashPoint.Hit("registry.upload.received");
        if (promised.Refuse(received) is { } mismatch) return AuxoProblem.BadRequest("upload/digest-mismatch", mismatch);

        // From here on it is finished whether or not the client waits: what would be half done costs more than the rest.
        var by = http.User.Identity?.Name ?? "unknown";
        Task? keeping = null;
        while (true)
        {
            // The database reads the stream while the disk writes the bytes; whoever changes it meanwhile makes the save fail.
            await using var session = store.TracedSession();
            var fetching = session.Events.FetchForWriting<RawFile>(RawFile.StreamKey(repository, path!), CancellationToken.None);
            await Task.WhenAll(fetching, keeping ??= blobs.KeepAsync(received, CancellationToken.None));
            var stream = await fetching;
            if (Refuse(target, path!, stream.Aggregate?.Content(), conditions) is { } meanwhile) return meanwhile;
            var stored = new FileEvent.Stored(received.Digest.ToString(), received.SizeBytes, mediaType, by, time.GetUtcNow());
            var isNew = stream.Aggregate?.Content() is null;
            stream.AppendOne(stored);
            session.QueueSqlCommand(FileTable.Charge(repository, received.SizeBytes - (stream.Aggregate?.SizeBytes ?? 0), isNew ? 1 : 0));
            session.QueueSqlCommand(FileTable.Put(repository, path!, stored, received.Digest));
            CrashPoint.Hit("registry.upload.before_commit");
            try
            {
                await session.SaveChangesAsync(CancellationToken.None);
            }
            catch (Exception e) when (LostRace.Is(e))
            {
                continue;
            }
            catch (MartenCommandException e) when (Sql.State(e) == FileTable.NoRoom)
            {
                return FileProblems.NoRoom(target);
            }
            catch (MartenCommandException e) when (Sql.State(e) == PostgresErrorCodes.ForeignKeyViolation)
            {
                // This machine stood still for longer than a pin lasts.
                return AuxoProblem.Of(StatusCodes.Status503ServiceUnavailable, "upload/try-again",
                    "The content was cleaned up before its name was recorded. Nothing was kept; send it again.");
            }
            finally
            {
                files.Forget(repository, path!);
            }

            CrashPoint.Hit("registry.upload.committed");
            var answer = FileAnswer.Of(repository, new StoredFile(path!, received.Digest, stored.SizeBytes, mediaType, stored.At, by));
            http.Response.Headers.ETag = received.Digest.ETag;
            return isNew ? TypedResults.Created(answer.Url, answer) : TypedResults.Ok(answer);
        }
    }

    /// <summary>Whether this file may be written now; asked before the body is read, and again when its stream is held.</summary>
    private static ProblemHttpResult? Refuse(RawRepository repository, string path, Digest? current, Preconditions conditions)
        => !conditions.AllowChange(current) ? FileProblems.Changed(path, current)
            : repository.Immutable && current is not null ? AuxoProblem.Conflict(
                "file/immutable", $"'{path}' is there already, and in '{repository.Name}' no file is ever replaced. Choose another name.")
            : null;

    private static string? MediaType(HttpRequest request)
        => string.IsNullOrEmpty(request.ContentType) ? "application/octet-stream"
            : request.ContentType.Length <= 200
                && MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.ToString() : null;
}
