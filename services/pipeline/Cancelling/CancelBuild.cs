using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Reading;
using Auxo.Pipeline.Verdict;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Cancelling;

/// <summary>
/// <c>POST /builds/{id}/cancel</c>: the verdict is recorded at once, and the runner's steps get SIGTERM right after the commit.
/// </summary>
public static class CancelBuild
{
    /// <summary>How the reason of such a build begins; the name of the account follows.</summary>
    public const string CancelledBy = "cancelled by ";

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/builds/{id:guid}/cancel", HandleAsync).WithName("CancelBuild").RequireScope("pipeline:write");

    /// <summary>Ends the build, whatever it does.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, string by, Links links, DateTimeOffset now)
        => FinishBuild.Decide(build, Outcome.Cancelled, CancelledBy + by, by, links, now);

    private static async Task<Results<Ok<BuildResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, BuildWriter writer, Links links, CancellationToken ct)
    {
        var by = http.Caller();
        if (await writer.WriteAsync(id, (build, now) => Decide(build, by, links, now), ct) is not var (before, after))
            return BuildProblems.NotFound(id);
        return before.State == BuildState.Finished ? BuildProblems.Finished(before) : TypedResults.Ok(BuildResponse.Of(after));
    }
}
