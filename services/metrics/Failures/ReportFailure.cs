using Auxo.Metrics.Asking;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Failures;

/// <summary>A failure as it is reported over HTTP.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Id">Its name, unique in the repository; by default a new one. The same again may say more of it.</param>
/// <param name="DeploymentId">The deployment that caused it; leave it out for an outage of somebody else, or while nobody knows.</param>
/// <param name="Title">One line for people.</param>
/// <param name="StartedAt">When it began, where that is known.</param>
/// <param name="At">When it was noticed; by default now.</param>
public sealed record FailureBody(Rid Rid, string? Id = null, string? DeploymentId = null, string? Title = null,
    DateTimeOffset? StartedAt = null, DateTimeOffset? At = null);

/// <summary>What is said of a known failure.</summary>
/// <param name="At">When; by default now.</param>
/// <param name="By">Who or what ended it.</param>
/// <param name="Reason">Why it was none.</param>
public sealed record TransitionBody(DateTimeOffset? At = null, string? By = null, string? Reason = null);

/// <summary>
/// <c>POST /api/failures</c>, and <c>POST /api/failures/{rid}/{id}/recover</c>, <c>…/reopen</c>, <c>…/dismiss</c>: answered
/// when it is stored.
/// </summary>
public static class ReportFailure
{
    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/failures", DetectAsync).WithName("ReportFailure").RequireScope(MetricsScopes.Write);
        MapTransition(
            app, "recover", "RecoverFailure", static (rid, id, body, at) => new FailureRecovered(rid, id, body?.By, at));
        MapTransition(app, "reopen", "ReopenFailure", static (rid, id, _, at) => new FailureReopened(rid, id, at));
        MapTransition(
            app, "dismiss", "DismissFailure", static (rid, id, body, at) => new FailureDismissed(rid, id, body?.Reason, at));
    }

    private static void MapTransition(
        IEndpointRouteBuilder app, string verb, string name, Func<Rid, string, TransitionBody?, DateTimeOffset, object> message)
        => app.MapPost($"/api/failures/{{rid}}/{{id}}/{verb}", (
            Rid rid, string id, HttpRequest request, TransitionBody? body, IMessageBus bus, IQuerySession session, TimeProvider time,
            CancellationToken ct) =>
        {
            var failure = RouteName.Of(request, id);
            return TransitionAsync(rid, failure, body, at => message(rid, failure, body, at), bus, session, time, ct);
        }).WithName(name).RequireScope(MetricsScopes.Write);

    private static async Task<Results<Created<FailureDetected>, ProblemHttpResult>> DetectAsync(
        FailureBody body, IMessageBus bus, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if ((Reported.WrongId(body.Id, "id") ?? Reported.WrongId(body.DeploymentId, "deploymentId")
            ?? Reported.WrongTime(body.At, now) ?? Reported.WrongTime(body.StartedAt, now)) is { } problem)
            return problem;
        var report = new FailureDetected(
            body.Rid, body.Id ?? Guid.CreateVersion7(now).ToString(), body.DeploymentId, body.Title, body.StartedAt, body.At ?? now);
        await bus.InvokeAsync(report, ct);
        CrashPoint.Hit("metrics.report.recorded");
        return TypedResults.Created((string?)null, report);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> TransitionAsync(
        Rid rid, string id, TransitionBody? body, Func<DateTimeOffset, object> message, IMessageBus bus,
        IQuerySession session, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if ((Reported.WrongId(id, "id") ?? Reported.WrongTime(body?.At, now)) is { } problem) return problem;
        // Messages may come in any order; a person who names a failure that nobody reported has mistyped.
        if (await session.Events.FetchStreamStateAsync(ReportedFailure.StreamKey(rid, id), ct) is null)
            return AuxoProblem.NotFound(
                "failure/unknown", $"No failure {id} of {rid} was reported; 'auxo failure list' shows those that were.");
        await bus.InvokeAsync(message(body?.At ?? now), ct);
        CrashPoint.Hit("metrics.report.recorded");
        return TypedResults.NoContent();
    }
}
