using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Homebrew;

/// <summary>
/// <c>GET</c> and <c>HEAD /brew/{repository}/api/{path}</c>: what brew knows of formulae and casks, such as
/// <c>internal/packages.arm64_tahoe.jws.json</c> and <c>formula/jq.json</c>. What ends with <c>.jws.json</c> is signed, and brew checks it.
/// </summary>
public static class GetBrewApi
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/brew/{repository}/api/{**path}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetBrewApi").WithTags("Homebrew").RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<Results<BlobResult, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, RepositoryRows rows, Mirror mirror, BlobStore blobs, CancellationToken ct)
    {
        if (await rows.FindAsync(repository, RepositoryFormats.Brew, ct) is not { } found) return None(repository);
        var path = FileName.FromTarget(
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, $"/brew/{repository}/api/", out var refusal);
        if (path is null) return AuxoProblem.BadRequest("file/invalid-name", $"The document's name {refusal}.");
        if (found.Mirror is not { } settings) return None(repository, path);
        var document = await mirror.DocumentAsync(
            found, $"api/{path}", BrewUpstream.Api(settings, path), "", MirrorRefresh.LimitBytes, ct);
        if (document.Content is not { } content) return None(repository, path);
        if (document.IsStale) http.Response.Headers.Warning = "110 - \"upstream cannot be asked\"";
        var handle = blobs.Files.OpenRead(content) ?? throw new MissingContentException(content);
        return new BlobResult(handle, content, RandomAccess.GetLength(handle), "application/json", path[(path.LastIndexOf('/') + 1)..],
            document.FetchedAt, "private, no-cache");
    }

    internal static ProblemHttpResult None(string repository, string? path = null)
    {
        static string Shown(string text) => text.Length > 80 ? text[..79] + "…" : text;
        return path is null
            ? AuxoProblem.NotFound("repository/not-found",
                $"There is no Homebrew repository '{Shown(repository)}'. 'auxo mirror add brew URL' makes one.")
            : AuxoProblem.NotFound("file/not-found", $"'{repository}' has no '{Shown(path)}', and neither has its upstream.");
    }
}
