using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Auxo.Pipeline.Artifacts;

/// <summary>
/// <c>GET /builds/{id}/artifacts/{name}</c> (the name may have slashes), and <c>GET /blobs/{digest}</c> for the registry. Both
/// with ranges and the digest as entity tag. What a build made is somebody else's page: it is only ever a download.
/// </summary>
public static class ArtifactEndpoints
{
    /// <summary>Adds the routes; they need the scope <c>pipeline:read</c>.</summary>
    public static IEndpointRouteBuilder MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireScope("pipeline:read").WithTags("Artifacts");
        group.MapMethods("/builds/{id:guid}/artifacts/{**name}", [HttpMethods.Get, HttpMethods.Head], GetByNameAsync)
            .WithName("GetArtifact");
        group.MapMethods("/blobs/{digest}", [HttpMethods.Get, HttpMethods.Head], GetByDigest).WithName("GetBlob");
        return routes;
    }

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> GetByNameAsync(
        Guid id, string name, ArtifactStore artifacts, HttpResponse response, CancellationToken ct)
        => (await artifacts.ListAsync(id, ct)).TryGetValue(name, out var artifact) && artifacts.FindBlob(artifact.Digest) is { } path
            ? Send(response, path, artifact.Digest, artifact.MediaType, name[(name.LastIndexOf('/') + 1)..], "private, no-cache")
            : AuxoProblem.NotFound("artifact/not-found", $"Build {id} has no artifact of this name.");

    private static Results<PhysicalFileHttpResult, ProblemHttpResult> GetByDigest(
        string digest, ArtifactStore artifacts, HttpResponse response)
        => artifacts.FindBlob(digest) is { } path
            ? Send(response, path, digest, "application/octet-stream", digest[7..], "private, max-age=31536000, immutable")
            : AuxoProblem.NotFound("artifact/not-found", "There is no content with this digest.");

    private static PhysicalFileHttpResult Send(
        HttpResponse response, string path, string digest, string mediaType, string fileName, string caching)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers.CacheControl = caching;
        return TypedResults.PhysicalFile(
            path, mediaType, fileName, entityTag: new EntityTagHeaderValue($"\"{digest}\""), enableRangeProcessing: true);
    }
}
