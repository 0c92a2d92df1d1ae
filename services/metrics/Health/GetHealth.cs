using Auxo.Metrics.Asking;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Health;

/// <summary>
/// <c>GET /api/health/{rid}?asOf</c>: how well a repository is, with what wins lost points back; without a repository, of all that are
/// tracked. An earlier moment is scored from the facts of then by the checks of today.
/// </summary>
public static class GetHealth
{
    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/health/{rid}", HandleAsync).WithName("GetHealth").RequireScopeOrPublic(MetricsScopes.Read);
        app.MapGet("/api/health", AllAsync).WithName("ListHealth").RequireScope(MetricsScopes.Read);
    }

    private static async Task<Results<Ok<HealthReport>, ProblemHttpResult>> HandleAsync(
        Rid rid, ReadHealth health, TimeProvider time, CancellationToken ct, DateTimeOffset? asOf = null)
    {
        var now = time.GetUtcNow();
        if (asOf > now) return AuxoProblem.BadRequest("request/as-of-the-future", $"'asOf' lies in the future; here it is {now:u}.");
        return await health.OfAsync(rid, asOf ?? now, isPast: asOf is not null, ct) is { } report
            ? TypedResults.Ok(report)
            : Question.Unknown(rid);
    }

    private static async Task<Ok<ListAnswer<HealthReport>>> AllAsync(ReadHealth health, TimeProvider time, CancellationToken ct)
        => TypedResults.Ok(new ListAnswer<HealthReport>(await health.AllAsync(time.GetUtcNow(), ct), Next: null));
}
