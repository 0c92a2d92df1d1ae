using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Baselines;

/// <summary><c>DELETE /baselines/{rid}</c>: forgets what is known; the next build of the default branch sets it.</summary>
public static class ResetBaseline
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/baselines/{rid}", HandleAsync).WithName("ResetBaseline").RequireScope("pipeline:write");

    /// <summary>Decides; where there is none, there is nothing to forget.</summary>
    public static BaselineEvent.Reset? Decide(Baseline? baseline, string by, DateTimeOffset now)
        => baseline is null || baseline.TakenAt is null && baseline.Files.Count == 0 ? null : new BaselineEvent.Reset(by, now);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Rid rid, HttpContext http, BaselineStore baselines, TimeProvider time, CancellationToken ct)
    {
        if (!await baselines.IsRepositoryAsync(rid, ct))
            return AuxoProblem.NotFound("repository/unknown", $"{rid} is not tracked; 'auxo repo track {rid}' does that.");
        var by = http.Caller();
        await baselines.WriteAsync(rid, baseline => (Decide(baseline, by, time.GetUtcNow()), true), ct);
        return TypedResults.NoContent();
    }
}
