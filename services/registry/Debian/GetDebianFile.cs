using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Debian.Indexes;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Debian;

/// <summary>
/// <c>GET</c> and <c>HEAD /debian/{repository}/{path}</c>: what apt asks of a repository, such as <c>dists/bookworm/InRelease</c> and
/// <c>pool/main/h/hello/hello_2.10-3_amd64.deb</c>.
/// </summary>
public static class GetDebianFile
{
    /// <summary>Adds what it needs.</summary>
    internal static void AddDebian(this IServiceCollection services)
    {
        services.AddSingleton<ReadIndexes>();
        services.AddSingleton<DebianMirror>();
    }

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/debian/{repository}/{**path}", [HttpMethods.Get, HttpMethods.Head], HandleAsync)
            .WithName("GetDebianFile").WithTags("Debian").RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<Results<BlobResult, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, RepositoryRows rows, DebianMirror mirror, BlobStore blobs, FetchLog fetches,
        CancellationToken ct)
    {
        if (await rows.FindAsync(repository, RepositoryFormats.Debian, ct) is not { } found) return AuxoProblem.NotFound(
            "repository/not-found", $"There is no Debian repository '{(repository.Length > 80 ? repository[..79] + "…" : repository)}'.");
        var name = NameOf(http, repository, out var refusal);
        if (name is null) return AuxoProblem.BadRequest("file/invalid-name", $"The file's name {refusal}.");
        if (found.Mirror is null || DebianPath.Parse(name) is not { } path) return None(repository, name);
        if (path.Target == DebianTarget.Release)
        {
            if (await mirror.ReleaseAsync(found, name, ct) is not { Content: { } signed } release) return None(repository, name);
            if (release.IsStale) http.Response.Headers.Warning = "110 - \"upstream cannot be asked\"";
            var content = blobs.Files.OpenRead(signed) ?? throw new MissingContentException(signed);
            return new BlobResult(content, signed, RandomAccess.GetLength(content), "text/plain", LastPart(name), release.FetchedAt,
                "private, no-cache");
        }

        if (await mirror.FindAsync(found, path, ct) is not { } file) return None(repository, name);
        var (package, version) = DebianPath.PackageOf(name);
        if (path.Target == DebianTarget.Named && file.Key == name)
            fetches.Add(http, repository, package, version, name, file.Content, file.SizeBytes, file.Source);
        return file.Key == name
            ? BlobResult.OfVersion(blobs, file.Content, file.SizeBytes, file.MediaType, LastPart(name), file.FetchedAt)
            // An index by its name: tomorrow it is another one.
            : new BlobResult(blobs.Files.OpenRead(file.Content) ?? throw new MissingContentException(file.Content), file.Content,
                file.SizeBytes, file.MediaType, LastPart(name), file.FetchedAt, "private, no-cache");
    }

    /// <summary>The path as it came over the wire; a flat repository (<c>deb URL ./</c>) is asked with a dot first.</summary>
    private static string? NameOf(HttpContext http, string repository, out string? refusal)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return FileName.FromTarget(target, $"/debian/{repository}/./", out refusal)
            ?? FileName.FromTarget(target, $"/debian/{repository}/", out refusal);
    }

    private static string LastPart(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static ProblemHttpResult None(string repository, string name) => AuxoProblem.NotFound("file/not-found",
        $"'{repository}' has no file '{(name.Length > 80 ? name[..79] + "…" : name)}': no index that was fetched from here names it. "
            + "Fetch the indexes first (apt-get update); lists of changes and installer images are not mirrored.");
}
