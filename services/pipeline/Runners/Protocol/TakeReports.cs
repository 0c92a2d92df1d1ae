using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>POST /runner/{runner}/builds/{id}/reports</c>: results of steps, and the steps that begin. A result that came before changes nothing;
/// one that the plan does not allow takes the build from the runner.
/// </summary>
internal static class TakeReports
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/reports", HandleAsync).WithName("TakeReports");

    private static async Task<IResult> HandleAsync(
        string runner, Guid id, HttpContext http, Handovers handovers, ArtifactStore artifacts, ILogger<Handovers> logger,
        CancellationToken ct)
    {
        var (held, refusal) = await handovers.HoldAsync(http, runner, id, ct);
        if (held?.Build is not { } build) return refusal!;
        var body = await http.Request.ReadAsync(RunnerInputJson.Default.ReportsBody, ct);
        var problem = ReportRules.Refuse(build, body)
            ?? body.Reports.Select(report => artifacts.Refuse(report.Artifacts)).FirstOrDefault(static why => why is not null);
        if (problem is not null)
        {
            logger.LogError("Runner {Runner} sent for build {BuildId} what cannot be: {Reason}", runner, id, problem);
            await held.EndAsync(HandoverEnd.Lost, $"it sent what cannot be: {problem}");
            return AuxoProblem.Unprocessable("report/refused", problem);
        }

        var reports = new List<StepReport>();
        foreach (var report in ReportRules.Tamed(build, body.Reports))
            reports.Add(report with { Artifacts = await artifacts.KeepAsync(id, report.Artifacts, ct) });
        if (await held.RecordAsync(reports, body.Next, ct) is not null) return Results.NoContent();
        return (await handovers.HoldAsync(http, runner, id, ct)).Refusal ?? RunnerCalls.Over(LeaseState.Lost);
    }
}
