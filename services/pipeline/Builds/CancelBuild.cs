using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.Pipeline.Verdict;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// <c>POST /builds/{id}/cancel</c>: the verdict is recorded at once, and the runner's steps get SIGTERM right after the commit.
/// </summary>
public static class CancelBuild
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/builds/{id:guid}/cancel", HandleAsync).WithName("CancelBuild").RequireScope("pipeline:write");

    /// <summary>Ends the build, whatever it does.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(Build build, string by, Links links, DateTimeOffset now)
        => FinishBuild.Decide(build, Outcome.Cancelled, $"cancelled by {by}", by, links, now);

    private static async Task<Results<Ok<BuildResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, IDocumentStore store, IMessageBus bus, RunnerBell bell, Links links,
        TimeProvider time, CancellationToken ct)
    {
        while (true)
        {
            await using var session = store.LightweightSession();
            var stream = await session.Events.FetchForWriting<Build>(Build.StreamKey(id), ct);
            if (stream.Aggregate is not { } build) return BuildProblems.NotFound(id);
            if (build.State == BuildState.Finished) return BuildProblems.Finished(build);
            var (after, messages) = EndBuild.Append(
                session, bell, stream, Decide(build, http.User.Identity?.Name ?? "unknown", links, time.GetUtcNow()));
            foreach (var message in messages) bus.Publish(session, message, Build.StreamKey(id));
            try
            {
                await session.SaveChangesAsync(ct);
                return TypedResults.Ok(BuildResponse.Of(after));
            }
            catch (ConcurrencyException)
            {
                // A step ended at the same moment: decide on what it left.
            }
        }
    }
}
