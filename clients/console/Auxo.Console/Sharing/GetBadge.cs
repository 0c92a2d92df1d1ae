using System.Security.Cryptography;
using System.Text;

using Auxo.Contracts;

namespace Auxo.Console.Sharing;

/// <summary>
/// <c>GET /badges/{rid}/{branch}.svg</c> and <c>/badges/{rid}/patches/{patch}.svg</c>: for everybody where everybody may read the
/// repository, else for who is signed in. What may not be seen and what is not there are the same grey picture.
/// </summary>
internal static class GetBadge
{
    private const string Ending = ".svg";
    private const string Patches = "patches/";

    /// <summary>Enough to find the newest verdict among builds that were superseded.</summary>
    private const int Looked = 20;

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/badges/{rid}/{**name}", HandleAsync).WithName("GetBadge")
            .RequireAuthorization(Configuration.SignedIn).AllowAnonymous();

    private static async Task<IResult> HandleAsync(string rid, string name, Clients clients, HttpContext http, CancellationToken ct)
    {
        if (!name.EndsWith(Ending, StringComparison.Ordinal)) return TypedResults.NotFound();
        var (label, subject) = Subject(name[..^Ending.Length]);
        var (badge, status) = (Badge.NoBuild(label), StatusCodes.Status200OK);
        try
        {
            badge = Badge.Of(label, (await clients.Pipeline.BuildsAsync(
                Uri.UnescapeDataString(rid), subject, commit: null, limit: Looked, after: null, ct, scans: false)).Items);
        }
        catch (ServiceException e)
        {
            status = e.Status is 400 or 401 or 403 or 404 ? StatusCodes.Status404NotFound : StatusCodes.Status502BadGateway;
        }

        return Send(http, badge.Svg(), status);
    }

    /// <summary>What a badge's name means, without its ending.</summary>
    internal static (string Label, string Subject) Subject(string name)
        => name.StartsWith(Patches, StringComparison.Ordinal) && PatchId.TryParse(name[Patches.Length..], provider: null, out var patch)
            ? ("patch", patch.Value)
            : ("build", name);

    private static IResult Send(HttpContext http, string svg, int status)
    {
        var headers = http.Response.Headers;
        // A page of another site may show it; nothing in it runs or loads anything.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.ContentSecurityPolicy = "default-src 'none'";
        headers.CacheControl = http.User.Identity is { IsAuthenticated: true } ? "private, max-age=30" : "public, max-age=30";
        headers.Vary = "Cookie";
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(svg)))[..16]}\"";
        if (status != StatusCodes.Status200OK) return TypedResults.Text(svg, "image/svg+xml", Encoding.UTF8, status);
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(svg), "image/svg+xml; charset=utf-8", entityTag: new(tag));
    }
}
