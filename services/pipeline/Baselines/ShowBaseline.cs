using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Baselines;

/// <summary>Known findings of one rule.</summary>
/// <param name="Check">The check.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Count">How many.</param>
/// <param name="Path">The file; null for the whole tree, and in a sum over all files.</param>
/// <param name="Awaited">True when they were accepted and the default branch does not have them yet.</param>
public sealed record BaselineCount(string Check, string Rule, int Count, string? Path = null, bool Awaited = false);

/// <summary>How many findings were known at the end of a day on which that changed.</summary>
/// <param name="At">Of the day's last change.</param>
/// <param name="Commit">The default branch's commit at that time; null when none was built yet.</param>
/// <param name="Known">How many.</param>
public sealed record BaselinePoint(DateTimeOffset At, CommitId? Commit, int Known);

/// <summary>What is known of a repository.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="TakenAt">When a build of the default branch set it; null when none has yet, or not since it was reset.</param>
/// <param name="ChangedAt">When it last changed.</param>
/// <param name="Commit">The default branch's commit that changed it last.</param>
/// <param name="Known">How many findings, in all.</param>
/// <param name="Unmeasured">Checks that could not be made so far.</param>
/// <param name="Counts">The findings by check and rule, most first.</param>
/// <param name="Findings">The findings by check, rule and file.</param>
/// <param name="Acceptances">Who accepted what, oldest first.</param>
/// <param name="Trend">How many were known, oldest first: the newest 90 days (UTC) on which that changed.</param>
public sealed record BaselineResponse(
    Rid Rid, DateTimeOffset? TakenAt, DateTimeOffset? ChangedAt, CommitId? Commit, int Known, IReadOnlyList<string> Unmeasured,
    IReadOnlyList<BaselineCount> Counts, IReadOnlyList<BaselineCount> Findings, IReadOnlyList<Acceptance> Acceptances,
    IReadOnlyList<BaselinePoint> Trend)
{
    internal static BaselineResponse Of(Rid rid, Baseline? baseline, IReadOnlyList<BaselinePoint> trend)
    {
        var findings = (baseline?.Files ?? []).SelectMany(static file => file.Findings.Select(finding
            => new BaselineCount(
                finding.Check, finding.Rule, finding.Count, file.Path.Length == 0 ? null : file.Path, finding.Awaited)))
            .GroupBy(static found => found with { Count = 0 }).Select(static group => group.Key with { Count = group.Sum(f => f.Count) })
            .OrderBy(static found => found.Check, StringComparer.Ordinal).ThenBy(static found => found.Rule, StringComparer.Ordinal)
            .ThenBy(static found => found.Path, StringComparer.Ordinal).ToList();
        return new BaselineResponse(
            rid, baseline?.TakenAt, baseline?.ChangedAt, baseline?.Commit, findings.Sum(static found => found.Count),
            baseline?.Unmeasured ?? [],
            [.. findings.GroupBy(static found => (found.Check, found.Rule))
                .Select(static group => new BaselineCount(group.Key.Check, group.Key.Rule, group.Sum(static found => found.Count)))
                .OrderByDescending(static sum => sum.Count).ThenBy(static sum => sum.Check, StringComparer.Ordinal)
                .ThenBy(static sum => sum.Rule, StringComparer.Ordinal)],
            findings, baseline?.Acceptances ?? [], trend);
    }
}

/// <summary><c>GET /baselines/{rid}</c>: what is known of a repository and blocks nothing.</summary>
public static class ShowBaseline
{
    private const int MostPoints = 90;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/baselines/{rid}", HandleAsync).WithName("ShowBaseline").RequireScope("pipeline:read");

    /// <summary>The trend, by what happened: a change that leaves the number as it was is none.</summary>
    public static IReadOnlyList<BaselinePoint> Trend(IEnumerable<BaselineEvent> history)
    {
        var points = new List<BaselinePoint>();
        Baseline? baseline = null;
        foreach (var happened in history)
        {
            baseline = Baseline.After(baseline, happened);
            var point = new BaselinePoint(baseline.ChangedAt, baseline.Commit, baseline.Known);
            if (points is [.., var last] && last.At.UtcDateTime.Date == point.At.UtcDateTime.Date) points.RemoveAt(points.Count - 1);
            if (points.LastOrDefault()?.Known != point.Known) points.Add(point);
        }

        return [.. points.TakeLast(MostPoints)];
    }

    private static async Task<Results<Ok<BaselineResponse>, ProblemHttpResult>> HandleAsync(
        Rid rid, BaselineStore baselines, CancellationToken ct)
    {
        var baseline = await baselines.ReadAsync(rid, ct);
        return baseline is not null || await baselines.IsRepositoryAsync(rid, ct)
            ? TypedResults.Ok(BaselineResponse.Of(rid, baseline, Trend(await baselines.HistoryAsync(rid, ct))))
            : AuxoProblem.NotFound("repository/unknown", $"{rid} is not tracked; 'auxo repo track {rid}' does that.");
    }
}
