using Auxo.Pipeline.Builds;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Merging;

/// <summary>Whether a result may be merged.</summary>
/// <param name="Passed">A build of exactly it has passed.</param>
/// <param name="Reason">One line for people.</param>
/// <param name="BuildId">The build that decides; null where there is none.</param>
/// <param name="Branch">The repository's default branch, which the gate is for.</param>
public sealed record GateResponse(bool Passed, string Reason, Guid? BuildId, string Branch);

/// <summary>
/// <c>GET /gate?rid=…&amp;commit=…</c>: whether a commit may become the default branch. A merge that is on no node yet is named with
/// the parents that have its files: <c>commit</c> may stand there several times, the result first.
/// </summary>
public static class AskGate
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/gate", HandleAsync).WithName("AskGate").RequireScope("pipeline:read");

    private static async Task<Results<Ok<GateResponse>, ProblemHttpResult>> HandleAsync(
        Rid rid, CommitId[] commit, NpgsqlDataSource database, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        if (commit.Length is 0 or > EqualCommits.Most)
            return AuxoProblem.Unprocessable(
                "gate/commits", $"Name 1 to {EqualCommits.Most} commits, the result first: ?commit=…&commit=…");
        if (await BuildTable.DefaultBranchAsync(database, rid, ct) is not { } branch)
            return AuxoProblem.NotFound("repository/not-tracked", $"{rid} is not tracked here. 'auxo repo track' does it.");
        await using var session = store.QuerySession();
        var verdict = MergeGate.Judge(
            commit[0], await MergeTable.BuildsOfAsync(session, database, rid, commit, ct), time.GetUtcNow());
        return TypedResults.Ok(new GateResponse(verdict.Passed, verdict.Reason, verdict.Build?.BuildId, branch));
    }
}
