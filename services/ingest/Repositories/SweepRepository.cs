using Auxo.Contracts;
using Auxo.Ingest.Observing;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Repositories;

/// <summary><c>POST /repositories/{rid}/sweep</c>: look now.</summary>
public static class SweepRepository
{
    /// <summary>Maps the route.</summary>
    public static void MapSweepRepository(this IEndpointRouteBuilder app)
        => app.MapPost("/repositories/{rid}/sweep", Handle).WithName("SweepRepository").RequireScope(IngestScopes.Write);

    private static Accepted Handle(Rid rid, Observer observer)
    {
        (observer.Find(rid) ?? throw new NotTrackedException(rid.Value)).Wake(Via.Sweep);
        return TypedResults.Accepted((string?)null);
    }
}
