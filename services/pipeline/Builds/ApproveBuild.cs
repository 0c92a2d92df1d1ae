using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Builds;

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
        => build.State == BuildState.Finished
            || !build.StepsHeld ? ([], []) : ([new BuildEvent.ApprovalGranted(by, build.Subject.Commit, now)], []);

    /// <summary>Keeps the approval of a commit.</summary>
    internal static NpgsqlBatchCommand Remember(Rid rid, CommitId commit, string by, DateTimeOffset now)
        => BuildTable.Command(
            "insert into pipeline.approvals (rid, commit_id, approved_by, approved_at) values ($1, $2, $3, $4) on conflict do nothing",
            rid.Value, commit.Value, by, now);

    private static async Task<Results<Ok<BuildResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, IDocumentStore store, RunnerBell bell, TimeProvider time, CancellationToken ct)
    {
        while (true)
        {
            await using var session = store.LightweightSession();
            var stream = await session.Events.FetchForWriting<Build>(Build.StreamKey(id), ct);
            if (stream.Aggregate is not { } build) return BuildProblems.NotFound(id);
            if (build.State == BuildState.Finished) return BuildProblems.Finished(build);
            if (!build.Plan.NeedsApproval) return AuxoProblem.Conflict(
                "build/nothing-to-approve", $"Build {BuildId.Short(id)} waits for nobody's approval.");

            var (by, now) = (http.User.Identity?.Name ?? "unknown", time.GetUtcNow());
            var (after, _) = EndBuild.Append(session, bell, stream, Decide(build, by, now));
            session.QueueSqlCommand(Remember(build.Subject.Rid, build.Subject.Commit, by, now));
            session.AfterCommit(bell.Ring);
            try
            {
                await session.SaveChangesAsync(ct);
                return TypedResults.Ok(BuildResponse.Of(after));
            }
            catch (ConcurrencyException)
            {
                // A check ended at the same moment: decide on what it left.
            }
        }
    }
}
