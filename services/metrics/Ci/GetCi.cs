using Auxo.Metrics.Asking;
using Auxo.Metrics.Histories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Ci;

/// <summary>
/// <c>GET /api/ci/{rid}?from&amp;to&amp;days&amp;asOf&amp;position&amp;zone</c>: how the builds went, by default in the last
/// seven days; without a repository, of all.
/// </summary>
public static class GetCi
{
    private const int Days = 7;

    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/ci/{rid}", HandleAsync).WithName("GetCi").RequireScopeOrPublic(MetricsScopes.Read);
        app.MapGet("/api/ci", AllAsync).WithName("ListCi").RequireScope(MetricsScopes.Read);
    }

    private static Task<Results<Ok<CiReport>, ProblemHttpResult>> HandleAsync(
        Rid rid, [AsParameters] Question question, HistoryCache histories, TimeProvider time, CancellationToken ct)
        => question.AnswerAsync(rid, histories, time.GetUtcNow(), Days, MeasureCi.Ci, ct);

    private static Task<Results<Ok<ListAnswer<CiReport>>, ProblemHttpResult>> AllAsync(
        [AsParameters] Question question, HistoryCache histories, TimeProvider time, CancellationToken ct)
        => question.AnswerAllAsync(histories, time.GetUtcNow(), Days, MeasureCi.Ci, ct);
}
