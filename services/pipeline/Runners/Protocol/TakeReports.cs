using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
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
        if (held is null) return refusal!;
        var body = await http.Request.ReadAsync(RunnerInputJson.Default.ReportsBody, ct);
        string? problem = null;
        var recorded = await held.RecordAsync(
            async build => (problem = Refuse(build, body, artifacts)) is null ? await KeepAsync(build, body, artifacts, ct) : null,
            body.Next, ct);
        if (problem is not null)
        {
            logger.LogError("Runner {Runner} sent for build {BuildId} what cannot be: {Reason}", runner, id, problem);
            await held.EndAsync(HandoverEnd.Lost, $"it sent what cannot be: {problem}");
            return AuxoProblem.Unprocessable("report/refused", problem);
        }

        if (recorded is not null) return Results.NoContent();
        return (await handovers.HoldAsync(http, runner, id, ct)).Refusal ?? RunnerCalls.Over(LeaseState.Lost);
    }

    private static string? Refuse(Build build, ReportsBody body, ArtifactStore artifacts)
        => ReportRules.Refuse(build, body)
            ?? body.Reports.Select(report => artifacts.Refuse(report.Artifacts)).FirstOrDefault(static why => why is not null);

    /// <summary>The list of artifacts stands outside of the build's events: a step that has its result keeps those that it has.</summary>
    private static async Task<IReadOnlyList<StepReport>> KeepAsync(
        Build build, ReportsBody body, ArtifactStore artifacts, CancellationToken ct)
    {
        var open = build.Remaining().ToHashSet(StringComparer.Ordinal);
        var reports = new List<StepReport>();
        foreach (var report in ReportRules.Tamed(build, body.Reports))
        {
            // Of two results of one step the first counts, here as in the build.
            var isNew = open.Remove(report.Result.Step);
            reports.Add(report with { Artifacts = isNew ? await artifacts.KeepAsync(build.BuildId, report.Artifacts, ct) : [] });
        }

        return reports;
    }
}
