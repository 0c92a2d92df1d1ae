using Auxo.ServiceDefaults.Access;

namespace Auxo.Ingest.Listening;

/// <summary><c>GET /node</c>: how Auxo stands with the Radicle node.</summary>
public static class GetNode
{
    /// <summary>Maps the route.</summary>
    public static void MapGetNode(this IEndpointRouteBuilder app)
        => app.MapGet("/node", static (NodeWatch node) => TypedResults.Ok(node.Status)).WithName("GetNode").RequireScope(IngestScopes.Read);
}
