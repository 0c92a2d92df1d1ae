using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
using Auxo.Registry.Oci;
using Auxo.Registry.Oci.Mirrors;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Homebrew;

/// <summary>
/// <c>GET</c> and <c>HEAD /brew/{repository}/bottles/v2/{image}/manifests/{tag}</c> and <c>…/blobs/{digest}</c>: bottles, which are
/// images of a registry. brew asks so when <c>HOMEBREW_ARTIFACT_DOMAIN</c> is <c>…/brew/{repository}/bottles</c>.
/// </summary>
public static class GetBottle
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/brew/{repository}/bottles/v2/{**path}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetBottle").WithTags("Homebrew")
            .RequireRepositoryScope(RegistryScopes.Read, static http => PathOf(http)?.Image);

    private static async Task<Results<BlobResult, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, RepositoryRows rows, ImageMirror images, BlobStore blobs, FetchLog fetches,
        CancellationToken ct)
    {
        if (await rows.FindAsync(repository, RepositoryFormats.Brew, ct) is not { } found) return GetBrewApi.None(repository);
        var path = http.Request.RouteValues["path"] as string ?? "";
        if (PathOf(http) is not { } image || found.Mirror is not { } settings) return GetBrewApi.None(repository, path);
        // The bottles are not where the API is.
        var bottles = found with { Mirror = settings with { Upstream = BrewUpstream.Bottles(settings) } };
        if (image.Target == OciTarget.Manifest && (OciPath.IsTag(image.Reference) || OciDigest.TryParse(image.Reference, out _)))
        {
            if (await images.ManifestAsync(bottles, image, image.Reference, ct) is not { } manifest)
                return GetBrewApi.None(repository, path);
            if (manifest.IsStale) http.Response.Headers.Warning = MirrorAnswers.Stale;
            var text = blobs.Files.OpenRead(manifest.Content) ?? throw new MissingContentException(manifest.Content);
            return new BlobResult(text, manifest.Content, manifest.SizeBytes, manifest.MediaType, "manifest.json", manifest.At,
                "private, no-cache");
        }

        if (image.Target != OciTarget.Blob || !OciDigest.TryParse(image.Reference, out var digest)
            || await images.BlobAsync(bottles, image, digest, ct) is not { } bottle) return GetBrewApi.None(repository, path);
        fetches.Add(http, repository, image.Image, "", digest.ToString(), bottle.Content, bottle.SizeBytes, bottle.Source);
        return BlobResult.OfVersion(
            blobs, bottle.Content, bottle.SizeBytes, "application/octet-stream", digest.ToString()[7..], bottle.FetchedAt);
    }

    private static OciPath? PathOf(HttpContext http)
        => http.Request.RouteValues["repository"] is string repository
            && OciPath.Parse(repository, http.Request.RouteValues["path"] as string) is { Image.Length: > 0 } path
            && OciPath.IsName(path.Image) ? path : null;
}
