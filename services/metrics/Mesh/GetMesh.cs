using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Mesh;

/// <summary>Since when agents can reach this process.</summary>
public sealed record ListeningSince(DateTimeOffset Time);

/// <summary><c>GET /api/mesh</c>: the matrix as of now. It names repositories by id only.</summary>
public static class GetMesh
{
    internal static void Map(IEndpointRouteBuilder app)
        => app.MapGet("/api/mesh", HandleAsync).WithName("GetMesh").RequireScope(MetricsScopes.Read);

    private static async Task<Ok<MeshMatrix>> HandleAsync(MeshTable table, ListeningSince since, TimeProvider time, CancellationToken ct)
        => TypedResults.Ok(MeshMatrix.Of(await table.ListAsync(ct), time.GetUtcNow(), since.Time));
}
