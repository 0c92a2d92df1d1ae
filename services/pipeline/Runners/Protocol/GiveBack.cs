using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Runners.Leases;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>POST /runner/{runner}/builds/{id}/give-back</c>: the runner goes, or cannot do it. The build goes on with another machine at once;
/// what a runner cannot do counts as if it was lost, so that no build goes round for ever.
/// </summary>
internal static class GiveBack
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/give-back", HandleAsync).WithName("GiveBackBuild");

    private static async Task<IResult> HandleAsync(
        string runner, Guid id, HttpContext http, Handovers handovers, ILogger<Handovers> logger, CancellationToken ct)
    {
        var (held, refusal) = await handovers.HoldAsync(http, runner, id, ct);
        if (held is null) return refusal!;
        var body = await http.Request.ReadAsync(RunnerInputJson.Default.GiveBackBody, ct);
        logger.LogWarning("Runner {Runner} gives back build {BuildId}: {Reason}", runner, id, PlainText.OneLine(body.Reason));
        await held.EndAsync(body.IsFault ? HandoverEnd.Lost : HandoverEnd.GivenBack, PlainText.OneLine(body.Reason));
        return Results.NoContent();
    }
}
