using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Reading;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Requesting;

/// <summary>
/// <c>POST /builds/{id}/rerun</c>: the same commit for the same reason as the next attempt, planned again. The patch of an author
/// who is trusted no longer is a stranger's then.
/// </summary>
public static class RerunBuild
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/builds/{id:guid}/rerun", HandleAsync).WithName("RerunBuild").RequireScope("pipeline:write");

    /// <summary>The wish to build it again, with the trust of then or of now, whichever is less.</summary>
    public static BuildRequest Request(Build build, bool isDistrusted, CommitId? canonical, string by)
        => new(
            build.Subject.Rid, build.Subject.RepositoryName, build.Subject.Trigger, build.Subject.PatchId,
            build.Subject.RevisionId, build.Subject.Ref, build.Subject.Commit,
            build.Subject.Title, build.Subject.Author, build.Source,
            isDistrusted ? Trust.Stranger : build.Trust, canonical ?? build.Canonical, by)
        {
            Before = build.Before, Schedule = build.Subject.Schedule, Included = build.Plan.Included ?? [],
            Linked = build.Plan.Linked ?? [],
        };

    private static async Task<Results<Accepted<BuildResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, BuildWriter writer, NpgsqlDataSource database, NextAttempt next, CancellationToken ct)
    {
        if (await writer.ReadAsync(id, ct) is not { } old) return BuildProblems.NotFound(id);
        if (old.State != BuildState.Finished)
            return AuxoProblem.Conflict("build/not-finished", $"Build {BuildId.Short(id)} is still at work; cancel it first, or wait.");

        if (await BuildTable.IsUntrackedAsync(database, old.Subject.Rid, DateTimeOffset.MinValue, ct))
            return AuxoProblem.Conflict(
                "repository/untracked", $"{old.Subject.Rid} is no longer tracked; track it again first ('auxo repo track').");

        // Whoever pushed to a branch, the delegates or who follows it vouched for it: only a patch is as good as its author.
        var isDistrusted = old.Subject is { Trigger: BuildTrigger.Patch, Author: { } author }
            && await RememberTrust.IsDistrustedAsync(database, old.Subject.Rid, author, ct);
        var head = await BuildTable.HeadAsync(database, old.Subject.Rid, ct);
        // So is one by whoever wrote what is built with it.
        foreach (var linked in old.Plan.Linked ?? [])
            isDistrusted |= await RememberTrust.IsDistrustedAsync(database, old.Subject.Rid, linked.Author, ct);
        var request = Request(old, isDistrusted, head, http.Caller());
        var build = await next.QueueAsync(request, ct);
        return TypedResults.Accepted($"/builds/{build.BuildId}", BuildResponse.Of(build));
    }
}
