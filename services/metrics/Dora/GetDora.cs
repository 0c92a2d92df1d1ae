using Auxo.Metrics.Asking;
using Auxo.Metrics.Histories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Dora;

/// <summary>
/// <c>GET /api/dora/{rid}?from&amp;to&amp;days&amp;asOf&amp;position&amp;zone</c>: the numbers; without a repository, those of
/// all.
/// </summary>
public static class GetDora
{
    private const int Days = 30;

    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/dora/{rid}", HandleAsync).WithName("GetDora").RequireScopeOrPublic(MetricsScopes.Read);
        app.MapGet("/api/dora", AllAsync).WithName("ListDora").RequireScope(MetricsScopes.Read);
        app.MapGet("/api/dora/{rid}/evidence", EvidenceAsync).WithName("GetDoraEvidence").RequireScopeOrPublic(MetricsScopes.Read);
    }

    private static Task<Results<Ok<DoraReport>, ProblemHttpResult>> HandleAsync(
        Rid rid, [AsParameters] Question question, HistoryCache histories, TimeProvider time, CancellationToken ct)
        => question.AnswerAsync(rid, histories, time.GetUtcNow(), Days, Measure.Dora, ct);

    private static Task<Results<Ok<ListAnswer<DoraReport>>, ProblemHttpResult>> AllAsync(
        [AsParameters] Question question, HistoryCache histories, TimeProvider time, CancellationToken ct)
        => question.AnswerAllAsync(histories, time.GetUtcNow(), Days, Measure.Dora, ct);

    private static Task<Results<Ok<Evidence>, ProblemHttpResult>> EvidenceAsync(
        Rid rid, [AsParameters] Question question, HistoryCache histories, TimeProvider time, CancellationToken ct)
        => question.AnswerFromHistoryAsync(rid, histories, time.GetUtcNow(), Days, Evidence.Of, ct);
}
