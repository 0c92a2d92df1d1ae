using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Merging;

/// <summary>Merges.</summary>
/// <param name="Items">The newest first.</param>
public sealed record MergePage(IReadOnlyList<MergeResponse> Items);

/// <summary><c>GET /merges</c>: the merges that were seen; with <c>unpassed=true</c> those that the gate would have refused.</summary>
public static class ListMerges
{
    private const int MaxLimit = 200;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/merges", HandleAsync).WithName("ListMerges").RequireScope("pipeline:read");

    private static async Task<Ok<MergePage>> HandleAsync(
        NpgsqlDataSource database, CancellationToken ct, Rid? rid = null, bool unpassed = false, int limit = 20)
        => TypedResults.Ok(new MergePage(await MergeTable.ListAsync(database, rid, unpassed, Math.Clamp(limit, 1, MaxLimit), ct)));
}
