using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Cancelling;
using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.Reading;

/// <summary>A build as whoever is not signed in may see it.</summary>
public static class VisitedBuild
{
    /// <summary>
    /// Without the names of accounts, and without the words of what failed on this machine, which may name its folders. Everything that
    /// is answered of a build, its verdict too, is made of this.
    /// </summary>
    public static Build ForVisitors(this Build build)
    {
        var reason = Reason(build);
        return build with
        {
            Reason = reason, RequestedBy = null, ApprovedBy = null,
            Results = [.. build.Results.Select(result => result with { Summary = Summary(result, build.Reason, reason) })],
        };
    }

    private static string? Reason(Build build) => build.Reason switch
    {
        { } by when by.StartsWith(CancelBuild.CancelledBy, StringComparison.Ordinal) => "cancelled",
        { } why when why.StartsWith(RunningBuild.AuxoFailed, StringComparison.Ordinal) => "Auxo failed",
        var other => other,
    };

    /// <summary>What a build's end cut off has the build's reason for its own.</summary>
    private static string Summary(StepResult result, string? said, string? reason)
        => result.Outcome == Outcome.Errored ? "could not be run" : result.Summary == said ? reason ?? "" : result.Summary;
}
