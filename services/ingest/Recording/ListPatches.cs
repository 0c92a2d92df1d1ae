using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Recording;

/// <summary>A patch as clients see it.</summary>
public sealed record PatchAnswer(
    Rid Rid, PatchId PatchId, string Title, Did Author, PatchStatus Status, CommitId? MergedAs,
    DateTimeOffset OpenedAt, IReadOnlyList<RevisionAnswer> Revisions)
{
    /// <summary>From what is known.</summary>
    public static PatchAnswer Of(Patch p)
        => new(p.Rid, p.PatchId, p.Title, p.Author, p.Status, p.MergedAs, p.OpenedAt, [.. p.Revisions.Select(RevisionAnswer.Of)]);
}

/// <summary>A revision as clients see it.</summary>
/// <param name="Id">The revision.</param>
/// <param name="Author">Who signed it.</param>
/// <param name="Base">The commit it starts from.</param>
/// <param name="Head">The commit it proposes.</param>
/// <param name="Trust">The author's, when it was seen.</param>
/// <param name="Disposition"><c>announced</c>, <c>pre_existing</c>, <c>superseded</c> or <c>deferred</c>.</param>
/// <param name="DetectedBy">What started the scan that found it.</param>
/// <param name="SeenAt">When.</param>
/// <param name="AuthorAlias">The author's self-chosen name, for display only; null where it is not known.</param>
public sealed record RevisionAnswer(
    RevisionId Id, Did Author, CommitId Base, CommitId Head, Trust Trust, string Disposition,
    [property: JsonPropertyName("via")] DetectedBy DetectedBy, DateTimeOffset SeenAt,
    string? AuthorAlias)
{
    /// <summary>From what is known. The enum's own JSON names are those of stored events.</summary>
    public static RevisionAnswer Of(SeenRevision r)
        => new(r.Id, r.Author, r.Base, r.Head, r.Trust, JsonNamingPolicy.SnakeCaseLower.ConvertName(r.Disposition.ToString()),
            r.DetectedBy, r.SeenAt, r.AuthorAlias);
}

/// <summary><c>GET /patches?rid=</c>: what Auxo knows of a repository's patches, the newest first.</summary>
public static class ListPatches
{
    /// <summary>Maps the route.</summary>
    public static void MapListPatches(this IEndpointRouteBuilder app)
        => app.MapGet("/patches", HandleAsync).WithName("ListPatches").RequireScopeOrPublic(IngestScopes.Read);

    private static async Task<Ok<ListAnswer<PatchAnswer>>> HandleAsync(Rid rid, KnownRepositories known, CancellationToken ct)
    {
        if (await known.FindAsync(rid, ct) is not { } repository) throw new NotTrackedException(rid.Value);
        return TypedResults.Ok(new ListAnswer<PatchAnswer>(
            [.. repository.Patches.Values.OrderByDescending(p => p.OpenedAt).Select(PatchAnswer.Of)], null));
    }
}
