namespace Auxo.Registry.Packages;

/// <summary>A document as an answer: packed where the client takes it, 304 where he has it.</summary>
/// <param name="document">The document.</param>
/// <param name="caching">For <c>Cache-Control</c>.</param>
public sealed class DocumentResult(PackageDocument document, string caching = "private, no-cache") : IResult, IStatusCodeHttpResult
{
    /// <summary>The server copies what it is given at once, and a client who reads slowly would hold it.</summary>
    private const int PieceBytes = 256 << 10;

    /// <inheritdoc/>
    public int? StatusCode => null;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.ETag = document.ETag;
        response.Headers.CacheControl = caching;
        response.Headers.Vary = "Accept, Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        if (request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Tag == "*" || tag.Tag == document.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var packed = TakesGzip(request);
        var bytes = packed ? document.Gzip : document.Bytes;
        if (packed) response.Headers.ContentEncoding = "gzip";
        response.ContentType = document.MediaType;
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(request.Method)) return;
        for (var at = 0; at < bytes.Length; at += PieceBytes)
            await response.BodyWriter.WriteAsync(
                bytes.AsMemory(at, Math.Min(PieceBytes, bytes.Length - at)), httpContext.RequestAborted);
    }

    private static bool TakesGzip(HttpRequest request)
        => request.GetTypedHeaders().AcceptEncoding.Any(static e => e.Value is { } coding && e.Quality is not 0
            && (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("*", StringComparison.Ordinal)));
}
