using Auxo.Contracts;
using Auxo.Ingest.Observing;
using Auxo.Ingest.Repositories;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Patches;

/// <summary>A patch as clients see it.</summary>
public sealed record PatchAnswer(
    Rid Rid, PatchId PatchId, string Title, Did Author, PatchStatus Status, CommitId? MergedAs,
    DateTimeOffset OpenedAt, IReadOnlyList<SeenRevision> Revisions);

/// <summary><c>GET /patches?rid=</c>: what Auxo knows of a repository's patches, the newest first.</summary>
public static class ListPatches
{
    /// <summary>Maps the route.</summary>
    public static void MapListPatches(this IEndpointRouteBuilder app)
        => app.MapGet("/patches", HandleAsync).WithName("ListPatches").RequireScope(IngestScopes.Read);

    private static async Task<Ok<ListAnswer<PatchAnswer>>> HandleAsync(Rid rid, KnownRepositories known, CancellationToken ct)
    {
        if (await known.FindAsync(rid, ct) is not { } repository) throw new NotTrackedException(rid.Value);
        return TypedResults.Ok(new ListAnswer<PatchAnswer>(
            [.. repository.Patches.Values.OrderByDescending(p => p.OpenedAt)
                .Select(p => new PatchAnswer(p.Rid, p.PatchId, p.Title, p.Author, p.Status, p.MergedAs, p.OpenedAt, p.Revisions))],
            null));
    }
}
