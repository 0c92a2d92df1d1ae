using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Baselines;

/// <summary>What <c>POST /baselines/{rid}/accept</c> is given.</summary>
/// <param name="BuildId">The build whose findings are known from now on.</param>
public sealed record AcceptBody(Guid BuildId);

/// <summary>What became of it.</summary>
/// <param name="Accepted">How many findings were new until now.</param>
/// <param name="Known">How many are known now, in all.</param>
public sealed record AcceptResponse(int Accepted, int Known);

/// <summary>
/// <c>POST /baselines/{rid}/accept</c>: what a build found is known from now on. Its commit is looked at again, for a build keeps only
/// the first of its findings. What the default branch does not have yet stays known until it has it.
/// </summary>
public static class AcceptFindings
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/baselines/{rid}/accept", HandleAsync).WithName("AcceptFindings").RequireScope("pipeline:write");

    /// <summary>Decides; what is known already is not accepted twice.</summary>
    /// <param name="baseline">As it stands; null when there is none.</param>
    /// <param name="build">The build.</param>
    /// <param name="found">All that is found in its commit.</param>
    /// <param name="by">Who accepts it.</param>
    /// <param name="now">The time.</param>
    public static BaselineEvent.Accepted? Decide(
        Baseline? baseline, BuildSubject build, IReadOnlyList<Sighting> found, string by, DateTimeOffset now)
    {
        var known = baseline?.Files ?? [];
        var fresh = Comparison.Of(found, known).New.ToList();
        if (fresh.Count == 0) return null;
        var after = Comparison.AsFiles(fresh, Comparison.Of([], known).Left, awaited: true);
        return new BaselineEvent.Accepted(build.BuildId, build.Commit, by, fresh.Count, Comparison.Changed(known, after), now);
    }

    private static async Task<Results<Ok<AcceptResponse>, ProblemHttpResult>> HandleAsync(
        Rid rid, AcceptBody body, HttpContext http, BuildWriter builds, BaselineStore baselines, FindingJudge judge, GitSources sources,
        CommitJoiner joiner, TimeProvider time, CancellationToken ct)
    {
        if (await builds.ReadAsync(body.BuildId, ct) is not { } build || build.Subject.Rid != rid)
            return BuildProblems.NotFound(body.BuildId);
        if (build.State is BuildState.Queued or BuildState.Running)
            return AuxoProblem.Conflict(
                "build/not-finished", $"Build {BuildId.Short(body.BuildId)} is still at work; wait for its verdict.");
        var by = http.Caller();
        IReadOnlyList<Sighting> found;
        await using (var source = sources.Open(await joiner.FolderAsync(build, ct)))
        {
            try
            {
                found = await judge.LookAsync(
                    source.Objects, build.BuiltCommit, build.Since, build.Plan.Settings, build.Plan.Checks, ct,
                    Scan.Find(build.Plan.Scan)?.IsDeep is true);
            }
            catch (GitException e)
            {
                return AuxoProblem.Unprocessable(
                    "build/no-such-commit", $"The commit {build.Subject.Commit.Short} cannot be read any more: {e.Message}");
            }
        }

        return TypedResults.Ok(await baselines.WriteAsync(rid, baseline =>
        {
            var accepted = Decide(baseline, build.Subject, found, by, time.GetUtcNow());
            var after = accepted is null ? baseline : Baseline.After(baseline, accepted);
            return (accepted, new AcceptResponse(accepted?.Findings ?? 0, after?.Known ?? 0));
        }, ct));
    }
}
