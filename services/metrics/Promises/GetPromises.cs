using Auxo.Metrics.Dora;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Promises;

/// <summary><c>GET /api/promises?days&amp;asOf</c>: how the promises stand, of all repositories and nodes together.</summary>
public static class GetPromises
{
    private const int UsualDays = 30, MostDays = 3660;

    internal static void Map(IEndpointRouteBuilder app)
        => app.MapGet("/api/promises", HandleAsync).WithName("GetPromises").RequireScope(MetricsScopes.Read);

    private static async Task<Results<Ok<PromisesReport>, ProblemHttpResult>> HandleAsync(
        ReadPromises promises, TimeProvider time, CancellationToken ct, int days = UsualDays, DateTimeOffset? asOf = null)
    {
        var now = time.GetUtcNow();
        if (days is < 1 or > MostDays)
            return AuxoProblem.BadRequest("request/invalid-days", $"'days' must be between 1 and {MostDays}.");
        if (asOf > now) return AuxoProblem.BadRequest("request/as-of-the-future", $"'asOf' lies in the future; here it is {now:u}.");
        if (asOf?.Year < 2000) return AuxoProblem.BadRequest("request/invalid-window", "'asOf' must be of this age.");
        var to = asOf ?? now;
        return TypedResults.Ok(await promises.OfAsync(new Window(to.AddDays(-days), to), ct));
    }
}
