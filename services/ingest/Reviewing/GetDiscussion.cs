using System.Security.Claims;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Ingest.Reviewing;

/// <summary>
/// <c>GET /repositories/{rid}/patches/{patch}/discussion</c>: descriptions, comments and reviews of a patch as Radicle's storage has
/// them, signatures verified; the newest 500, the oldest of them first.
/// </summary>
public static class GetDiscussion
{
    private const int Most = 500;

    /// <summary>Maps the route.</summary>
    public static void MapGetDiscussion(this IEndpointRouteBuilder app)
        => app.MapGet("/repositories/{rid}/patches/{patch}/discussion", HandleAsync)
            .WithName("GetDiscussion").RequireScopeOrPublic(IngestScopes.Read);

    private static async Task<Ok<ListAnswer<DiscussionEntry>>> HandleAsync(
        Rid rid, PatchId patch, ClaimsPrincipal user, KnownRepositories known, Observer observer, NpgsqlDataSource source,
        CancellationToken ct)
    {
        var repository = await known.FindAsync(rid, ct) ?? throw new NotTrackedException(rid.Value);
        if (!repository.Patches.ContainsKey(patch)) throw new NoPatchException($"No patch {patch.Short} of {rid} is known.");
        if (observer.Find(rid)?.Radicle is not { } radicle) throw new PatchUnreadableException(
            $"{rid} has not been read since this service began, or is not tracked any more. 'auxo repo list' says why.");
        try
        {
            var read = await radicle.ReadPatchAsync(patch, ct) ?? throw new NoPatchException($"No patch {patch.Short} is in the storage.");
            var entries = DiscussionEntry.Of(read, await OwnCommentsAsync(source, rid, patch, ct));
            return TypedResults.Ok(new ListAnswer<DiscussionEntry>([.. entries.TakeLast(Most)], null));
        }
        catch (Exception e) when (e is CobFormatException or GitException or IOException)
        {
            // Their words may name a folder of this machine.
            throw new PatchUnreadableException(user.HasScope(IngestScopes.Read)
                ? $"The patch {patch.Short} cannot be read: {e.Message}"
                : $"The patch {patch.Short} cannot be read here: a part of it is missing or damaged.", e);
        }
    }

    private static async Task<HashSet<string>> OwnCommentsAsync(NpgsqlDataSource source, Rid rid, PatchId patch, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "select comment_id from ingest.comment_outbox where rid = $1 and patch_id = $2 and comment_id is not null");
        command.Parameters.Add(new NpgsqlParameter { Value = rid.Value });
        command.Parameters.Add(new NpgsqlParameter { Value = patch.Value });
        var own = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) own.Add(reader.GetString(0));
        return own;
    }
}
