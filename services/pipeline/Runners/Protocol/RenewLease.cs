using Auxo.Pipeline.Runners.Leases;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>POST /runner/{runner}/builds/{id}/lease</c>: the runner still works on it, and hears whether it shall go on. Every other call of the
/// same build renews the lease too.
/// </summary>
internal static class RenewLease
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/lease", HandleAsync).WithName("RenewLease");

    private static async Task<IResult> HandleAsync(
        string runner, Guid id, HttpContext http, Handovers handovers, CancellationToken ct)
    {
        if (!Guid.TryParse(http.Request.Headers[RunnerCalls.LeaseHeader], out var lease))
            return AuxoProblem.BadRequest("lease/missing", $"The header {RunnerCalls.LeaseHeader} has no lease.");
        var (state, _) = await handovers.FindAsync(id, runner, lease, ct);
        return Results.Json(new LeaseAnswer(RunnerCalls.Word(state)), RunnerJson.Default.LeaseAnswer);
    }
}
