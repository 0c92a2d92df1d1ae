using System.Security.Claims;
using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary>One tip, and why there is a fact of it or none.</summary>
/// <param name="Kind"><c>patch</c> or <c>branch</c>.</param>
/// <param name="Name">Patch id or short name of the branch.</param>
/// <param name="Title">The patch's title or the commit's.</param>
/// <param name="Commit">The tip.</param>
/// <param name="Author">Who signed it.</param>
/// <param name="Trust">The author's, when it was seen.</param>
/// <param name="SeenAt">When it was first seen.</param>
/// <param name="DetectedBy">What started the scan that found it.</param>
/// <param name="Fact">The message that was sent; null when none was.</param>
/// <param name="Reason">For people.</param>
public sealed record RefAnswer(
    string Kind, string Name, string Title, CommitId? Commit, Did? Author, Trust? Trust, DateTimeOffset? SeenAt,
    [property: JsonPropertyName("via")] DetectedBy? DetectedBy, string? Fact, string Reason);

/// <summary><c>GET /repositories/{rid}/refs</c>: per tip, whether it was announced to the pipeline, and why not.</summary>
public static class GetRefs
{
    /// <summary>Maps the route.</summary>
    public static void MapGetRefs(this IEndpointRouteBuilder app)
        => app.MapGet("/repositories/{rid}/refs", HandleAsync).WithName("GetRefs").RequireScopeOrPublic(IngestScopes.Read);

    private static async Task<Ok<ListAnswer<RefAnswer>>> HandleAsync(
        Rid rid, ClaimsPrincipal user, KnownRepositories known, Observer observer, CancellationToken ct)
    {
        if (await known.FindAsync(rid, ct) is not { Repository.IsTracked: true } repository) throw new NotTrackedException(rid.Value);
        var watch = observer.Find(rid);
        IReadOnlyList<TipProblem> problems = [.. watch?.Problems ?? [], .. watch?.OtherBranches ?? []];
        return TypedResults.Ok(new ListAnswer<RefAnswer>(user.HasScope(IngestScopes.Read)
            ? [.. Explain(repository, problems, watch?.Failure)]
            : [.. Explain(repository, ForVisitors(problems), failure: null)], null));
    }

    /// <summary>
    /// Why this machine cannot read a folder is nothing for whoever is not signed in. What was read and names a commit has words of ours.
    /// </summary>
    public static IReadOnlyList<TipProblem> ForVisitors(IReadOnlyList<TipProblem> problems)
        => [.. problems.Select(static p => p.Commit is null ? p with { Reason = "It cannot be read now." } : p)];

    /// <summary>Branches first, then patches, the newest first; then what could not become a fact.</summary>
    public static IEnumerable<RefAnswer> Explain(KnownRepository known, IReadOnlyList<TipProblem> problems, string? failure)
    {
        if (failure is not null) yield return new RefAnswer(
            "branch", known.Repository.DefaultBranch, "", null, null, null, null, null, null, $"The last scan failed: {failure}");
        foreach (var tip in known.Repository.Tips.Where(t => IsFollowed(known.Repository, t.Branch)))
        {
            var isDefault = tip.Branch == known.Repository.DefaultBranch;
            yield return new RefAnswer(
                "branch", tip.Branch, tip.Title, tip.Commit, tip.Author, Contracts.Trust.Trusted, tip.SeenAt, tip.DetectedBy,
                isDefault ? "default_branch_advanced" : "branch_advanced", Announced);
        }

        foreach (var (patch, tip) in known.Patches.Values.SelectMany(Tips).OrderByDescending(t => t.Tip.SeenAt))
        {
            var (fact, reason) = Explain(patch, tip);
            yield return new RefAnswer(
                "patch", patch.PatchId.Value, patch.Title, tip.Head, tip.Author, tip.Trust, tip.SeenAt, tip.DetectedBy, fact, reason);
        }

        foreach (var problem in problems) yield return new RefAnswer(
            problem.Kind, problem.Name, "", problem.Commit, null, null, null, null, null, problem.Reason);
    }

    /// <summary>False of one that was the default branch before.</summary>
    private static bool IsFollowed(Repository repository, string branch)
        => branch == repository.DefaultBranch || repository.Branches.Contains(branch, StringComparer.Ordinal);

    /// <summary>The newest revision of each author, replaced ones left out.</summary>
    private static IEnumerable<(Patch Patch, SeenRevision Tip)> Tips(Patch patch)
        => patch.Revisions.Where(r => r.Disposition != RevisionDisposition.Superseded)
            .GroupBy(r => r.Author).Select(g => (patch, g.Last()));

    /// <summary>What became of it afterwards only the pipeline knows.</summary>
    private const string Announced = "announced to the pipeline";

    private static (string? Fact, string Reason) Explain(Patch patch, SeenRevision tip)
        => WhyNotBuilt.Of(tip.Disposition) is { } reason
            ? (null, reason)
            : (patch.Revisions.First(r => r.IsSettled).Id == tip.Id ? "patch_opened" : "patch_revised",
                patch switch
                {
                    { MergedAs: not null } => $"{Announced}, and merged since",
                    { Status: PatchStatus.Archived } => $"{Announced}, and archived since",
                    _ => tip.Trust == Contracts.Trust.Trusted
                        ? Announced
                        : $"{Announced} for the built-in checks only: its author is no delegate and not on the trusted list",
                });
}
