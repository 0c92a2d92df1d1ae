using Auxo.Metrics.Promises.Known;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Mesh;

/// <summary>
/// <c>DELETE /api/mesh/nodes/{name}</c>: a node that was taken away leaves the matrix. One whose agent still reports comes back; its token
/// is ended with <c>auxo token revoke agent-NAME</c>.
/// </summary>
public static class ForgetNode
{
    internal static void Map(IEndpointRouteBuilder app)
        => app.MapDelete("/api/mesh/nodes/{name}", HandleAsync).WithName("ForgetNode").RequireScope(AccessToken.Admin);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string name, MeshTable table, Outbox outbox, CancellationToken ct)
    {
        if ((await table.ListAsync(ct)).FirstOrDefault(n => n.Name == name) is not { } node)
            return AuxoProblem.NotFound("mesh/unknown", $"There is no node {name} in the mesh; 'auxo mesh status' shows those that are.");
        await using var work = outbox.Open();
        work.Session.QueueSqlCommand(MeshTable.Remove([name]));
        await KeepUptime.LostAsync(work.Session, node, ct);
        await work.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
