using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Exposition.Past;

/// <summary>
/// <c>GET /api/metrics/history?from&amp;to&amp;step&amp;rid&amp;job&amp;instance</c>: the gauges of <c>/metrics</c> that can be worked
/// out for a moment that is over, as OpenMetrics with times. <c>promtool tsdb create-blocks-from openmetrics</c> makes blocks of it
/// (docs/monitoring.md).
/// </summary>
public static class GetPast
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    internal static void Map(IEndpointRouteBuilder app)
        => app.MapGet("/api/metrics/history", HandleAsync).WithName("GetMetricsHistory")
            .RequireScope(MetricsScopes.Read);

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> HandleAsync(
        [AsParameters] PastQuestion question, GatherPast past, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var rids = await past.FollowedAsync(question.Rid, now, ct);
        if (question.Rid is { } rid && rids.Count == 0)
            return AuxoProblem.NotFound("repository/unknown", $"{rid} is not followed here. 'auxo repo list' shows what is.");
        var (moments, wrong) = question.Read(now, rids.Count);
        if (wrong is not null) return wrong;
        return await past.GatherAsync(rids, moments, question.Job, question.Instance, ct) is { } history
            ? TypedResults.Stream(stream => history.WriteAsync(stream, ct), OpenMetrics)
            : AuxoProblem.Unprocessable(
                "history/too-large",
                $"These are more than {GatherPast.MostSamples} values. Take a longer step, a shorter time, or one repository.");
    }
}
