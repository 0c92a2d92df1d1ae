using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Npm.Changing;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Npm.Publish;

/// <summary>
/// <c>PUT /npm/{repository}/NAME</c>: publishes a version when a tarball is in it, else changes what is said of versions
/// (<c>deprecated</c>); <c>…/-rev/REVISION</c>: removes the versions that are missing in it.
/// </summary>
public static class PutPackage
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/npm/{repository}/{**path}", HandleAsync)
            .WithName("PutNpmPackage").WithTags("npm").RequireRepositoryScope(RegistryScopes.Write, NpmRequest.PackageBelow(""));

    private static async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> HandleAsync(
        HttpContext http, RepositoryRows rows, BlobUpload upload, PublishPackage publish, ChangeNpmPackage change, DiskGuard guard,
        CancellationToken ct)
    {
        var (request, at) = (http.Request, NpmRequest.At(http));
        if (await NpmRequest.FindAsync(rows, at, ct) is not { } repository)
            return NpmProblems.NoRepository($"{request.RouteValues["repository"]}");
        if (at!.AsOf is not null) return AuxoProblem.Conflict("npm/past", "The past cannot be changed: leave '@' and the date away.");
        if (NpmRequest.IsFunction(http)) return NpmProblems.NoRoute;
        if (NpmRequest.PathOf(http, "", out var refusal) is not { } path) return NpmProblems.Path(refusal!);
        if (path.Rest is not ([] or ["-rev", _])) return NpmProblems.NoRoute;
        if (request.Headers.ContentEncoding.Count > 0) return AuxoProblem.Of(StatusCodes.Status415UnsupportedMediaType,
            "upload/encoded", "Send the JSON as it is: without 'Content-Encoding'.");
        if (guard.Refuse((request.ContentLength ?? 0) / 4 * 3) is { } full) return AuxoProblem.Of(
            StatusCodes.Status507InsufficientStorage, "disk/full", full);

        // The tarball's limit is the quota, the JSON's its own; not the server's thirty megabytes.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        // A look that is a second old: what counts is decided with the commit.
        using var body = await PublishBody.ReadAsync(
            request.BodyReader, upload, Math.Max(repository.QuotaBytes - repository.UsedBytes, 0), ct);
        CrashPoint.Hit("registry.upload.received");
        return path.Rest is ["-rev", var revision]
            ? await change.RemoveMissingAsync(repository.Name, path.Package, revision, body, http, ct)
            : body.Tarballs.Count > 0 ? await publish.RunAsync(repository, path.Package, body, http, ct)
            : await change.DeprecateAsync(repository.Name, path.Package, body, http, ct);
    }
}
