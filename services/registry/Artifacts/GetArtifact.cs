using Auxo.Radicle;
using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Publishing;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Artifacts;

/// <summary>
/// <c>GET /artifacts/{rid}/{version}</c>: the files of a build. Below it <c>/files/{name}</c> has the bytes (with ranges and
/// conditions), <c>/provenance</c> says where they came from, and <c>/provenance/envelope</c> says it signed. A version
/// is a build's id, a commit or <c>latest</c>; the
/// first two never change, and may be kept by caches forever.
/// </summary>
public static class GetArtifact
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/artifacts/{rid}/{version}").WithTags("Artifacts").RequireScope(RegistryScopes.Read);
        group.MapGet("", GetVersionAsync).WithName("GetVersion");
        group.MapGet("/provenance", GetProvenanceAsync).WithName("GetProvenance");
        group.MapGet("/provenance/envelope", GetEnvelopeAsync).WithName("GetProvenanceEnvelope");
        routes.MapGet("/provenance/key", static (ProvenanceKey key) => TypedResults.Ok(new KeyAnswer(key.Did.Value)))
            .WithName("GetProvenanceKey").WithTags("Artifacts").RequireScope(RegistryScopes.Read);
        group.MapMethods("/files/{**name}", [HttpMethods.Get, HttpMethods.Head], GetBytesAsync).WithName("GetArtifact");
    }

    private static async Task<Results<Ok<VersionAnswer>, ProblemHttpResult>> GetVersionAsync(
        Rid rid, string version, NpgsqlDataSource source, IDocumentStore store, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await VersionAnswer.FindAsync(source, session, rid, version, ct) is { } found
            ? TypedResults.Ok(VersionAnswer.Of(found, await PublicationTable.LatestAsync(source, rid, ct) == found.Subject.BuildId))
            : NoVersion(rid);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetProvenanceAsync(
        Rid rid, string version, NpgsqlDataSource source, IDocumentStore store, ServiceIdentity service, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await VersionAnswer.FindAsync(source, session, rid, version, ct) is { PublishedAt: not null } found
            ? TypedResults.Bytes(Provenance.Statement(found, service.Version), Provenance.MediaType)
            : NoVersion(rid);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetEnvelopeAsync(
        Rid rid, string version, NpgsqlDataSource source, IDocumentStore store, ServiceIdentity service, ProvenanceKey key,
        CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await VersionAnswer.FindAsync(source, session, rid, version, ct) is { PublishedAt: not null } found
            ? TypedResults.Bytes(key.Sign(Provenance.Statement(found, service.Version)), SignedStatement.MediaType)
            : NoVersion(rid);
    }

    private static async Task<Results<BlobResult, ProblemHttpResult>> GetBytesAsync(
        Rid rid, string version, string name, NpgsqlDataSource source, IDocumentStore store, BlobStore blobs,
        TimeProvider time, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        if (await VersionAnswer.FindAsync(source, session, rid, version, ct) is not { } found) return NoVersion(rid);
        var id = found.Subject.BuildId;
        if (found.State != PublicationState.Published)
        {
            return found.State == PublicationState.Waiting
                ? AuxoProblem.Conflict(
                    "artifact/not-yet", $"The files of build {BuildId.Short(id)} are still being fetched; try again in a moment.")
                : AuxoProblem.Of(StatusCodes.Status410Gone, "artifact/gone",
                    $"The files of build {BuildId.Short(id)} are not here any more: {found.Reason}.");
        }

        if (found.Files.FirstOrDefault(f => f.Name == name) is not { } file || !Digest.TryParse(file.Digest, out var digest))
            return AuxoProblem.NotFound(
                "artifact/not-found",
                $"Build {BuildId.Short(id)} has no file of this name. 'auxo artifacts list --repo {rid}' shows them.");
        if (blobs.Files.OpenRead(digest) is not { } content) throw new MissingContentException(digest);
        await PublicationTable.DownloadedAsync(source, id, time.GetUtcNow(), ct);
        return new BlobResult(
            content, digest, file.SizeBytes, file.MediaType, name[(name.LastIndexOf('/') + 1)..], found.PublishedAt!.Value,
            version == "latest" ? "private, no-cache" : "private, max-age=31536000, immutable",
            $"</artifacts/{rid}/{id}/provenance>; rel=\"describedby\"; type=\"{Provenance.MediaType}\", "
                + $"</builds/{id}/sbom>; rel=\"describedby\"; type=\"application/vnd.cyclonedx+json\"");
    }

    private static ProblemHttpResult NoVersion(Rid rid)
        => AuxoProblem.NotFound("artifact/no-version",
            $"{rid} has no such version. A version is a build's id, a commit's 40 digits, or 'latest' for the default "
                + $"branch; 'auxo artifacts list --repo {rid}' shows them.");
}

/// <summary>Whose signature is on what this registry says of its files.</summary>
/// <param name="Key">A <c>did:key:…</c>.</param>
public sealed record KeyAnswer(string Key);
