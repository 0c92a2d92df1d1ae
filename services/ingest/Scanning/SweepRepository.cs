using Auxo.Contracts;
using Auxo.Ingest.Tracking;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Scanning;

/// <summary><c>POST /repositories/{rid}/sweep</c>: scans it now.</summary>
public static class SweepRepository
{
    /// <summary>Maps the route.</summary>
    public static void MapSweepRepository(this IEndpointRouteBuilder app)
        => app.MapPost("/repositories/{rid}/sweep", Handle).WithName("SweepRepository").RequireScope(IngestScopes.Write);

    private static Accepted Handle(Rid rid, Observer observer)
    {
        (observer.Find(rid) ?? throw new NotTrackedException(rid.Value)).Wake(DetectedBy.Sweep);
        return TypedResults.Accepted((string?)null);
    }
}
