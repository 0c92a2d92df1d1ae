using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Reading;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Approving;

/// <summary>
/// <c>POST /builds/{id}/approve</c>: lets the steps of this exact commit run, now and in every later attempt at it; never of
/// another commit.
/// </summary>
public static class ApproveBuild
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/builds/{id:guid}/approve", HandleAsync).WithName("ApproveBuild").RequireScope("pipeline:write");

    /// <summary>Grants it; a second grant and one that nothing waits for change nothing.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, string by, DateTimeOffset now)
        => build.State == BuildState.Finished || !build.StepsHeld
            ? ([], [])
            : ([new BuildEvent.ApprovalGranted(by, build.BuiltCommit, now)], []);

    private static async Task<Results<Ok<BuildResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, BuildWriter writer, CancellationToken ct)
    {
        var by = http.Caller();
        if (await writer.WriteAsync(id, (build, now) => Decide(build, by, now), ct) is not var (before, after))
            return BuildProblems.NotFound(id);
        if (before.State == BuildState.Finished) return BuildProblems.Finished(before);
        return before.Plan.NeedsApproval
            ? TypedResults.Ok(BuildResponse.Of(after))
            : AuxoProblem.Conflict("build/nothing-to-approve", $"Build {BuildId.Short(id)} waits for nobody's approval.");
    }
}
