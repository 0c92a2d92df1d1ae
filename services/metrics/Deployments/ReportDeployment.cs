using Auxo.Metrics.Asking;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Deployments;

/// <summary>A deployment as it is reported over HTTP.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Commit">What is live now.</param>
/// <param name="Id">Its name, unique in the repository; by default a new one. Send one, and a repeated request is no second
/// deployment.</param>
/// <param name="Environment">By default <c>production</c>.</param>
/// <param name="Patches">What it brings; by default the history of the default branch says it.</param>
/// <param name="Succeeded">By default true.</param>
/// <param name="Kind">By default <c>planned</c>.</param>
/// <param name="RolloutId">The same for the parts of one rollout.</param>
/// <param name="Remediates">The failure that it repairs.</param>
/// <param name="At">By default now.</param>
public sealed record DeploymentBody(
    Rid Rid, CommitId Commit, string? Id = null, string? Environment = null, IReadOnlyList<PatchId>? Patches = null,
    bool? Succeeded = null, DeploymentKind? Kind = null,
    string? RolloutId = null, string? Remediates = null, DateTimeOffset? At = null);

/// <summary>
/// <c>POST /api/deployments</c>: answered when it is stored. The same report again is the same deployment; another one under
/// its id is a conflict.
/// </summary>
public static class ReportDeployment
{
    private const int MostPatches = 10_000;

    internal static void Map(IEndpointRouteBuilder app)
        => app.MapPost("/api/deployments", HandleAsync).WithName("ReportDeployment").RequireScope(MetricsScopes.Write);

    private static async Task<Results<Created<DeploymentReported>, Ok<DeploymentReported>, ProblemHttpResult>> HandleAsync(
        DeploymentBody body, IMessageBus bus, IQuerySession session, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (Wrong(body, now) is { } problem) return problem;
        var report = new DeploymentReported(
            body.Rid, body.Id ?? Guid.CreateVersion7(now).ToString(), body.Environment
                ?? "production", body.Commit, body.Patches ?? [], body.Succeeded ?? true,
            body.Kind ?? DeploymentKind.Planned, body.RolloutId, body.Remediates, body.At ?? now);
        await bus.InvokeAsync(report, ct);
        CrashPoint.Hit("metrics.report.recorded");
        var stored = (await session.Events.AggregateStreamAsync<Deployment>(
            Deployment.StreamKey(report.Rid, report.DeploymentId), token: ct))!.Report;
        var reported = RecordDeploymentHandler.Event(report);
        if (Same(stored, reported)) return TypedResults.Created((string?)null, report);
        return Same(stored with { At = reported.At }, reported) && body.At is null
            ? TypedResults.Ok(report with { At = stored.At })
            : AuxoProblem.Conflict("deployment/already-reported",
                $"The deployment {report.DeploymentId} was reported before, as {stored.Commit.Short} at {stored.At:u}. "
                    + "Give this one another id.");
    }

    private static ProblemHttpResult? Wrong(DeploymentBody body, DateTimeOffset now)
        => Reported.WrongId(body.Id, "id")
            ?? Reported.WrongId(body.Environment, "environment") ?? Reported.WrongId(body.RolloutId, "rolloutId")
            ?? Reported.WrongId(body.Remediates, "remediates") ?? Reported.WrongTime(body.At, now)
            ?? (body.Patches?.Count > MostPatches
                ? AuxoProblem.Unprocessable("report/too-many-patches", $"A deployment names at most {MostPatches} patches.")
                : null);

    private static bool Same(DeploymentEvent.Deployed a, DeploymentEvent.Deployed b)
        => a.Patches.SequenceEqual(b.Patches) && a with { Patches = b.Patches } == b;
}
