using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Merging;

/// <summary>What <c>POST /gate/overrides</c> is given.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch that is merged.</param>
/// <param name="Commits">What the default branch shall become, and the parents that have its files, as the gate is asked.</param>
/// <param name="Reason">Why, in one line.</param>
/// <param name="Owners">Whose accept is missing, in one line; null where it is not for that.</param>
public sealed record OverrideBody(Rid Rid, PatchId PatchId, IReadOnlyList<CommitId> Commits, string Reason, string? Owners = null);

/// <summary>An override as it is kept.</summary>
/// <param name="Verdict">What the gate said.</param>
/// <param name="Reason">Why it is merged all the same.</param>
/// <param name="By">Who says so.</param>
/// <param name="At">When.</param>
public sealed record OverrideResponse(string Verdict, string Reason, string By, DateTimeOffset At);

/// <summary>
/// <c>POST /gate/overrides</c>: somebody is about to merge what the gate refuses, and says why. It opens nothing, since nothing is
/// closed: it is kept, and the merge is shown and told of with it when it is seen.
/// </summary>
public static class OverrideGate
{
    private const int LongestReason = 500;
    private const int LongestOwners = 2000;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/gate/overrides", HandleAsync).WithName("OverrideGate").RequireScope("pipeline:write");

    /// <summary>A merge as it is shown and told of: one that went past its owners is no passed one.</summary>
    /// <param name="verdict">What the gate says when the merge is seen.</param>
    /// <param name="overridden">The last override of this result; null for none.</param>
    public static GateVerdict Judge(GateVerdict verdict, MergeEvent.GateOverridden? overridden)
    {
        if (overridden is null || verdict.Passed && overridden.Owners is null) return verdict;
        var owners = overridden.Owners is { } missing ? $", but {missing}" : "";
        return verdict with { Passed = false, Reason = $"{verdict.Reason}{owners}; overridden by {overridden.By}: {overridden.Reason}" };
    }

    private static async Task<Results<Ok<OverrideResponse>, ProblemHttpResult>> HandleAsync(
        OverrideBody body, HttpContext http, NpgsqlDataSource database, IDocumentStore store, Outbox outbox, TimeProvider time,
        CancellationToken ct)
    {
        if (body.Commits is not { Count: >= 1 and <= EqualCommits.Most })
            return AuxoProblem.Unprocessable("gate/commits", $"Name 1 to {EqualCommits.Most} commits, the result first.");
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > LongestReason)
            return AuxoProblem.Unprocessable("gate/reason", $"Say why, in 1 to {LongestReason} characters.");
        if (await BuildTable.DefaultBranchAsync(database, body.Rid, ct) is null)
            return AuxoProblem.NotFound("repository/not-tracked", $"{body.Rid} is not tracked here. 'auxo repo track' does it.");
        await using var session = store.QuerySession();
        var now = time.GetUtcNow();
        var verdict = MergeGate.Judge(
            body.Commits[0], await MergeTable.BuildsOfAsync(session, database, body.Rid, body.Commits, ct), now);
        var owners = string.IsNullOrWhiteSpace(body.Owners) ? null : PlainText.OneLine(body.Owners.Trim(), LongestOwners);
        if (verdict.Passed && owners is null)
            return AuxoProblem.Conflict("gate/passed", $"There is nothing to override: {verdict.Reason}.");
        var happened = new MergeEvent.GateOverridden(
            body.Commits[0], verdict.Build?.BuildId, verdict.Reason, PlainText.OneLine(body.Reason.Trim(), LongestReason),
            http.Caller(), now, owners);
        await using var work = outbox.Open();
        work.Session.Events.Append(MergeEvent.StreamKey(body.Rid, body.PatchId), happened);
        await work.SaveChangesAsync(ct);
        return TypedResults.Ok(new OverrideResponse(happened.Verdict, happened.Reason, happened.By, happened.At));
    }
}
