using System.Net.Http.Headers;

namespace Auxo.Console.Registry;

/// <summary>
/// <c>GET /downloads/artifacts/{rid}/{version}/files/{name}</c>, the <c>/provenance</c> beside it, and
/// <c>/downloads/raw/{repository}/{path}</c>: the registry's own answers, passed on as they come, with ranges; and
/// <c>GET /downloads/builds/{id}/artifacts/{name}</c>: what the pipeline keeps of any build, also of one that publishes nothing.
/// </summary>
internal static class DownloadFile
{
    private const string Bytes = "application/octet-stream";

    /// <summary>Where a browser gets what a service has at <paramref name="path"/>.</summary>
    public static string Url(string path) => "/downloads" + path;

    /// <summary>Where a browser gets what a build kept.</summary>
    public static string Url(Build build, BuildFile file)
        => Url($"/builds/{build.Id}/artifacts/{string.Join('/', file.Name.Split('/').Select(Uri.EscapeDataString))}");

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, pattern) in ((string, string)[])[
            ("DownloadArtifact", "/artifacts/{rid}/{version}/files/{**name}"),
            ("DownloadProvenance", "/artifacts/{rid}/{version}/provenance"), ("DownloadRaw", "/raw/{repository}/{**path}"),
            ("DownloadKept", "/builds/{id:guid}/artifacts/{**name}")])
        {
            routes.MapGet(Url(pattern), static (HttpContext http, Clients clients) => HandleAsync(http, clients))
                .WithName(name).RequireAuthorization(Configuration.SignedIn);
        }
    }

    private static Task HandleAsync(HttpContext http, Clients clients)
    {
        var parts = http.Request.Path.Value!.Split('/')[2..];
        // What leads out of its folder names no file; the services refuse such names, too.
        if (parts.Any(static p => p is "" or "." or "..")) return TypedResults.NotFound().ExecuteAsync(http);
        var path = string.Join('/', parts.Select(Uri.EscapeDataString));
        return PassOn.GetAsync(clients.Stream(parts[0] == "builds" ? "pipeline" : "registry"), path, http, static response =>
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
