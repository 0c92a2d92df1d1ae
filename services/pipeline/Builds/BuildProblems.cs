using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Builds;

/// <summary>What can be wrong with a request about a build.</summary>
internal static class BuildProblems
{
    public static ProblemHttpResult NotFound(Guid id)
        => AuxoProblem.NotFound("build/not-found", $"There is no build {id}. 'auxo ci status' lists the latest.");

    public static ProblemHttpResult Finished(Build build)
        => AuxoProblem.Conflict(
            "build/already-finished", $"Build {BuildId.Short(build.BuildId)} has its verdict ({build.Outcome}); run it again for another.");
}
