using System.Globalization;
using System.Text;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Auxo.Registry.Blobs;

/// <summary>
/// A content as an answer: whole, one range, several (as <c>multipart/byteranges</c>), 304, 412 or 416. The framework's own
/// result copies with an asynchronous stream and opens the file a second time; reading into the response's own buffers is twice
/// as fast.
/// </summary>
/// <remarks>
/// What is kept is somebody else's page: it is only ever a download. Owns <paramref name="content"/>.
/// </remarks>
public sealed class BlobResult(
    SafeFileHandle content, Digest digest, long sizeBytes, string mediaType, string fileName, DateTimeOffset storedAt,
    string caching, string? link = null) : IResult, IStatusCodeHttpResult
{
    private const int MaxRanges = 16;
    private const int BufferBytes = 128 << 10;

    /// <summary>A file of a version: its name means the same bytes for ever, so whoever has them need not ask again.</summary>
    /// <exception cref="Files.MissingContentException">The content is not on the disk.</exception>
    public static BlobResult OfVersion(
        BlobStore blobs, Digest digest, long sizeBytes, string mediaType, string file, DateTimeOffset storedAt)
        => blobs.Files.OpenRead(digest) is { } content
            ? new BlobResult(content, digest, sizeBytes, mediaType, file, storedAt, "private, max-age=31536000, immutable")
            : throw new Files.MissingContentException(digest);

    /// <inheritdoc/>
    public int? StatusCode => null;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var owned = content;
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.ETag = digest.ETag;
        response.Headers.LastModified = HeaderUtilities.FormatDate(storedAt);
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = caching;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers["X-Checksum-Sha256"] = digest.Hex;
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(digest.Hex))}:";
        if (link is not null) response.Headers.Link = link;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(fileName);
        response.Headers.ContentDisposition = disposition.ToString();

        var asked = request.GetTypedHeaders();
        if (asked.IfMatch is { Count: > 0 } match
            && !Fits(match) || asked.IfMatch is not { Count: > 0 } && asked.IfUnmodifiedSince is { } until && Seconds(storedAt) > until)
        {
            response.StatusCode = StatusCodes.Status412PreconditionFailed;
            return;
        }

        if (asked.IfNoneMatch is { Count: > 0 } none ? Fits(none) : asked.IfModifiedSince is { } since && Seconds(storedAt) <= since)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await SendAsync(httpContext, Ranges(asked));
    }

    /// <summary>What was asked for: null for all of it, none when nothing of it is there.</summary>
    private List<(long From, long Length)>? Ranges(RequestHeaders asked)
    {
        if (asked.Range is not { Unit: { Value: "bytes" } or { Value: null } } range || range.Ranges.Count > MaxRanges) return null;
        if (asked.IfRange is { } condition && (condition.EntityTag is { } tag
            ? tag.IsWeak || tag.Tag != digest.ETag
            : condition.LastModified != Seconds(storedAt))) return null;
        var there = new List<(long, long)>();
        foreach (var item in range.Ranges)
        {
            var (from, to) = item switch
            {
                { From: { } first } => (first, Math.Min(item.To ?? long.MaxValue, sizeBytes - 1)),
                { To: { } last } => (Math.Max(0, sizeBytes - last), last == 0 ? -1 : sizeBytes - 1),
                _ => (0, -1),
            };
            if (from <= to) there.Add((from, to - from + 1));
        }

        return there;
    }

    private async Task SendAsync(HttpContext http, List<(long From, long Length)>? ranges)
    {
        var response = http.Response;
        response.ContentType = mediaType;
        switch (ranges)
        {
            case []:
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{sizeBytes}";
                response.ContentType = null;
                return;
            case [var only]:
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = ContentRange(only);
                await BytesAsync(http, only, alone: true);
                return;
            case { Count: > 1 }:
                await MultipartAsync(http, ranges);
                return;
            default:
                await BytesAsync(http, (0, sizeBytes), alone: true);
                return;
        }
    }

    private async Task MultipartAsync(HttpContext http, List<(long From, long Length)> ranges)
    {
        var boundary = "auxo-" + Guid.NewGuid().ToString("N");
        var heads = ranges.ConvertAll(
            r => Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\nContent-Type: {mediaType}\r\nContent-Range: {ContentRange(r)}\r\n\r\n"));
        var tail = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.ContentType = $"multipart/byteranges; boundary={boundary}";
        http.Response.ContentLength = ranges.Sum(static r => r.Length) + heads.Sum(static h => h.Length) + tail.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        for (var i = 0; i < ranges.Count; i++)
        {
            await http.Response.BodyWriter.WriteAsync(heads[i], http.RequestAborted);
            await BytesAsync(http, ranges[i], alone: false);
        }

        await http.Response.BodyWriter.WriteAsync(tail, http.RequestAborted);
    }

    private async Task BytesAsync(HttpContext http, (long From, long Length) range, bool alone)
    {
        if (alone) http.Response.ContentLength = range.Length;
        if (alone && HttpMethods.IsHead(http.Request.Method)) return;
        if (range.Length > BufferBytes) http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = http.Response.BodyWriter;
        for (var at = range.From; at < range.From + range.Length;)
        {
            var left = range.From + range.Length - at;
            // The page cache mostly has it, and then an asynchronous read costs more than the read.
            var read = RandomAccess.Read(
                content, writer.GetMemory((int)Math.Min(BufferBytes, left)).Span[..(int)Math.Min(BufferBytes, left)], at);
            if (read == 0) throw new IOException($"{digest} is shorter on the disk than it was when it was stored.");
            writer.Advance(read);
            at += read;
            var flushed = await writer.FlushAsync(http.RequestAborted);
            if (flushed.IsCompleted) return;
        }
    }

    private bool Fits(IList<EntityTagHeaderValue> tags) => tags.Any(tag => tag.Tag == "*" || tag.Tag == digest.ETag);

    private string ContentRange((long From, long Length) r)
        => string.Create(CultureInfo.InvariantCulture, $"bytes {r.From}-{r.From + r.Length - 1}/{sizeBytes}");

    /// <summary>HTTP's dates have no fractions.</summary>
    private static DateTimeOffset Seconds(DateTimeOffset at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, at.Offset);
}
