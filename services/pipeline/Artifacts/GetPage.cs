using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Auxo.Pipeline.Artifacts;

/// <summary>
/// <c>GET /builds/{id}/pages/{name}</c>: a page that a tool wrote for people, such as its coverage, with what it shows. It comes
/// from whoever wrote the commit: a browser runs no script of it, sends no form, and loads nothing from elsewhere
/// (decision 189).
/// </summary>
public static class GetPage
{
    /// <summary>What a browser may do with it.</summary>
    public const string Policy =
        "sandbox allow-same-origin; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>What a page without scripts is made of; nothing else is kept, and nothing else is sent.</summary>
    internal static readonly IReadOnlyDictionary<string, string> MediaTypes =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            [".html"] = "text/html; charset=utf-8", [".htm"] = "text/html; charset=utf-8", [".css"] = "text/css; charset=utf-8",
            [".png"] = "image/png", [".gif"] = "image/gif", [".jpg"] = "image/jpeg", [".svg"] = "image/svg+xml",
            [".ico"] = "image/x-icon", [".woff"] = "font/woff", [".woff2"] = "font/woff2",
        };

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/builds/{id:guid}/pages/{**name}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetPage").RequireScope("pipeline:read").WithTags("Artifacts");

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> HandleAsync(
        Guid id, string name, ArtifactStore artifacts, HttpResponse response, CancellationToken ct)
    {
        if (!(await artifacts.ListPagesAsync(id, ct)).TryGetValue(name, out var page)
            || artifacts.FindBlob(page.Digest) is not { } path
            || !MediaTypes.TryGetValue(Path.GetExtension(name), out var mediaType))
            return AuxoProblem.NotFound("page/not-found", $"Build {id} has no page of this name.");
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.CacheControl = "private, no-cache";
        return TypedResults.PhysicalFile(path, mediaType, entityTag: new EntityTagHeaderValue($"\"{page.Digest}\""));
    }
}
