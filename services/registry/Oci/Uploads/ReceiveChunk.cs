using Auxo.Registry.Blobs;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Blobs;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

using Npgsql;

namespace Auxo.Registry.Oci.Uploads;

/// <summary>
/// <c>PATCH /v2/NAME/blobs/uploads/ID</c>: the next bytes. With <c>Content-Range: 0-9</c> they have to begin where the upload is, else
/// 416; without it they are added, however many come. <c>PUT …?digest=</c> adds what it has and ends the upload. What a client sent
/// before its connection broke is kept, and it may go on from there, also after this program was killed.
/// </summary>
public sealed class ReceiveChunk(
    NpgsqlDataSource source, UploadFiles files, BlobUpload upload, LinkBlob link, OciRepositories repositories,
    UploadRoom room, DiskGuard guard, TimeProvider time)
{
    /// <summary>Answers to PATCH.</summary>
    public async Task<IResult> AppendAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        if (await FindAsync(path, ct) is not var (pending, repository, held)) return OciErrors.NoUpload();
        using (held)
        {
            using var file = held.OpenAt(pending.ReceivedBytes);
            if (file is null) return await GoneAsync(pending.Id, ct);
            using var share = room.Enter(repository, pending.Id, pending.ReceivedBytes);
            var (size, refusal) = await ReceiveAsync(http, path, share, pending, held, file, ct);
            if (refusal is not null) return refusal;
            await KeepSoFarAsync(pending.Id, file, size);
            return UploadAnswers.Of(http, path, size, StatusCodes.Status202Accepted);
        }
    }

    /// <summary>Answers to PUT.</summary>
    public async Task<IResult> FinishAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        var said = http.Request.Query["digest"].FirstOrDefault() ?? "";
        if (!OciDigest.TryParse(said, out var digest)) return OciErrors.Digest(said);
        if (await FindAsync(path, ct) is not var (pending, repository, held)) return OciErrors.NoUpload();
        using (held)
        {
            var file = held.OpenAt(pending.ReceivedBytes);
            if (file is null) return await GoneAsync(pending.Id, ct);
            using var closing = file;
            using var share = room.Enter(repository, pending.Id, pending.ReceivedBytes);
            var (size, refusal) = await ReceiveAsync(http, path, share, pending, held, file, ct);
            if (refusal is not null) return refusal;
            CrashPoint.Hit("registry.oci.received");
            var sha512 = digest.IsSha512 ? UploadFiles.Upload.Sha512(file, size) : null;
            var content = held.Digest();
            var found = sha512 is null ? OciDigest.Of(content) : OciDigest.OfSha512(sha512);
            if (found != digest)
            {
                await EndAsync(pending.Id, ct);
                return OciErrors.WrongDigest(digest, found, size);
            }

            using var received = new ReceivedBlob(file, files.PathOf(pending.Id), content, sha512, size);
            var answer = await link.RunAsync(http, path, repository, digest, received, pending.Id);
            files.Forget(pending.Id);
            return answer;
        }
    }

    /// <summary>Answers to GET: how far it is.</summary>
    public async Task<IResult> ShowAsync(HttpContext http, OciPath path, CancellationToken ct)
        => await UploadTable.FindAsync(source, path, ct) is { } pending
            ? UploadAnswers.Of(http, path, pending.ReceivedBytes, StatusCodes.Status204NoContent) : OciErrors.NoUpload();

    /// <summary>Answers to DELETE: nothing of it is kept.</summary>
    public async Task<IResult> CancelAsync(OciPath path, CancellationToken ct)
    {
        if (await FindAsync(path, ct) is not var (pending, _, held)) return OciErrors.NoUpload();
        using (held) await EndAsync(pending.Id, ct);
        return TypedResults.NoContent();
    }

    private async Task<(PendingUpload Pending, RegistryRepository Repository, UploadFiles.Upload Held)?> FindAsync(
        OciPath path, CancellationToken ct)
    {
        if (await UploadTable.FindAsync(source, path, ct) is not { } known
            || await repositories.FindFillAsync(path.Repository, ct) is not { } repository) return null;
        var held = await files.EnterAsync(known.Id, ct);
        var mine = false;
        try
        {
            // Once more, now that nobody else changes it.
            if (await UploadTable.FindAsync(source, path, ct) is { } pending)
            {
                mine = true;
                return (pending, repository, held);
            }

            files.Forget(known.Id);
            return null;
        }
        finally
        {
            // A client that went away while we asked would keep everybody else out, the collector too.
            if (!mine) held.Dispose();
        }
    }

    private async Task<(long Size, IResult? Refusal)> ReceiveAsync(
        HttpContext http, OciPath path, UploadShare share, PendingUpload pending, UploadFiles.Upload held, SafeFileHandle file,
        CancellationToken ct)
    {
        var at = pending.ReceivedBytes;
        var expected = http.Request.ContentLength;
        if (http.Request.Headers[HeaderNames.ContentRange].FirstOrDefault() is { } header)
        {
            if (!ContentRange.TryParse(header, out var range)) return (at, new OciError(400, "BLOB_UPLOAD_INVALID",
                "'Content-Range' of a chunk is FIRST-LAST, such as 0-1023: both included, no unit, no total."));
            if (range.From != at) return (at, UploadAnswers.OutOfOrder(http, path, at));
            if (expected is { } length && length != range.Length) return (at, new OciError(400, "SIZE_INVALID",
                "'Content-Length' is another than 'Content-Range' says."));
            expected = range.Length;
        }

        if (await UploadAnswers.RefuseAsync(http, share, at, guard, ct) is { } refusal) return (at, refusal);
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        try
        {
            var size = await upload.WriteAsync(file, at, http.Request.BodyReader, bytes => share.ReachAsync(bytes, ct), held.Append, ct);
            if (expected is not { } whole || size - at == whole) return (size, null);
            held.Lose();
            return (at, new OciError(400, "SIZE_INVALID", "The chunk has another length than 'Content-Range' says. Send it again."));
        }
        catch (Exception e) when (
            held.Hashed > at && (e is OperationCanceledException or ConnectionResetException or BadHttpRequestException))
        {
            // The client went away. What was written and hashed is as good as if it had been a chunk of its own.
            await KeepSoFarAsync(pending.Id, file, held.Hashed);
            throw;
        }
        catch
        {
            held.Lose();
            throw;
        }
    }

    private async Task KeepSoFarAsync(Guid id, SafeFileHandle file, long size)
    {
        RandomAccess.FlushToDisk(file);
        CrashPoint.Hit("registry.oci.chunk_synced");
        await UploadTable.AdvanceAsync(source, id, size, time.GetUtcNow(), CancellationToken.None);
        CrashPoint.Hit("registry.oci.chunk_kept");
    }

    private async Task<IResult> GoneAsync(Guid id, CancellationToken ct)
    {
        await EndAsync(id, ct);
        return OciErrors.NoUpload();
    }

    private async Task EndAsync(Guid id, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(UploadTable.Delete(id));
        await batch.ExecuteNonQueryAsync(ct);
        files.Remove(id);
    }
}
