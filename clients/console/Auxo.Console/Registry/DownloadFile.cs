using System.Net.Http.Headers;

namespace Auxo.Console.Registry;

/// <summary>
/// <c>GET /downloads/artifacts/{rid}/{version}/files/{name}</c>, the <c>/provenance</c> beside it, and
/// <c>/downloads/raw/{repository}/{path}</c>: the registry's own answers, passed on as they come, with ranges.
/// </summary>
internal static class DownloadFile
{
    private const string Bytes = "application/octet-stream";

    /// <summary>Where a browser gets what the registry has at <paramref name="path"/>.</summary>
    public static string Url(string path) => "/downloads" + path;

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, pattern) in ((string, string)[])[
            ("DownloadArtifact", "/artifacts/{rid}/{version}/files/{**name}"),
            ("DownloadProvenance", "/artifacts/{rid}/{version}/provenance"), ("DownloadRaw", "/raw/{repository}/{**path}")])
        {
            routes.MapGet(Url(pattern), static (HttpContext http, Clients clients) => HandleAsync(http, clients))
                .WithName(name).RequireAuthorization(Configuration.SignedIn);
        }
    }

    private static Task HandleAsync(HttpContext http, Clients clients)
    {
        var parts = http.Request.Path.Value!.Split('/')[2..];
        // What leads out of its folder names no file; the registry refuses such names, too.
        if (parts.Any(static p => p is "" or "." or "..")) return TypedResults.NotFound().ExecuteAsync(http);
        var path = string.Join('/', parts.Select(Uri.EscapeDataString));
        return PassOn.GetAsync(clients.Stream("registry"), path, http, static response =>
        {
            // Somebody's file must not become a page or a script of this console: to a browser it is bytes to be kept.
            var several = response.ContentType?.StartsWith("multipart/byteranges", StringComparison.Ordinal) is true;
            if (!several) response.ContentType = Bytes;
            if (response.Headers.ContentDisposition.Count == 0)
                response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment").ToString();
            response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        });
    }
}
