using Auxo.Metrics.Asking;
using Auxo.Metrics.Histories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Coverage;

/// <summary>How much of a default branch ran in its tests, and what it was.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">For people.</param>
/// <param name="From">The beginning of the time that is looked at.</param>
/// <param name="To">Now.</param>
/// <param name="BuildId">The newest build that measured it: it knows files and folders.</param>
/// <param name="Commit">What it built.</param>
/// <param name="At">When it ended.</param>
/// <param name="Lines">Lines that are measured.</param>
/// <param name="Covered">Of them ran.</param>
/// <param name="Percent">0 to 100.</param>
/// <param name="PercentBefore">What it was before this time; null when it was not measured then.</param>
/// <param name="ChangedLines">Of the lines that were written in this time those that are measured.</param>
/// <param name="ChangedPercent">Of them ran when they were pushed, 0 to 100; null of nothing.</param>
/// <param name="Languages">By language, the most lines first.</param>
/// <param name="Days">The days of this time on which it was measured.</param>
public sealed record CoverageReport(
    Rid Rid, string Name, DateTimeOffset From, DateTimeOffset To, Guid BuildId, CommitId Commit, DateTimeOffset At, long Lines,
    long Covered, double Percent, double? PercentBefore, long ChangedLines, double? ChangedPercent,
    IReadOnlyList<LanguageCoverage> Languages, IReadOnlyList<CoverageDay> Days)
{
    /// <summary>Works it out.</summary>
    public static CoverageReport Of(CoverageFacts facts, CoverageEvent.Measured newest, int days, DateTimeOffset now)
    {
        var from = now.AddDays(-days);
        var shown = facts.Days.Where(day => day.At >= from).ToList();
        var before = facts.Days.LastOrDefault(day => day.At < from);
        var written = shown.Sum(static day => day.ChangedLines);
        return new CoverageReport(
            newest.Rid, newest.Name, from, now, newest.BuildId, newest.Commit, newest.At, newest.Lines, newest.Covered,
            100.0 * newest.Covered / newest.Lines, before is null ? null : 100.0 * before.Covered / before.Lines, written,
            written == 0 ? null : 100.0 * shown.Sum(static day => day.ChangedCovered) / written, newest.Languages, shown);
    }
}

/// <summary>
/// <c>GET /api/coverage/{rid}?days=</c>: coverage and its trend; <c>GET /api/coverage?days=</c>: of all repositories. Files and
/// folders are in the build that it names.
/// </summary>
public static class GetCoverage
{
    private const int UsualDays = 90;

    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/coverage/{rid}", HandleAsync).WithName("GetCoverage").RequireScopeOrPublic(MetricsScopes.Read);
        app.MapGet("/api/coverage", AllAsync).WithName("ListCoverage").RequireScope(MetricsScopes.Read);
    }

    private static async Task<Results<Ok<CoverageReport>, ProblemHttpResult>> HandleAsync(
        Rid rid, CoverageTable table, TimeProvider time, CancellationToken ct, int days = UsualDays)
    {
        if (Wrong(days) is { } wrong) return wrong;
        return await table.FindAsync(rid, ct) is { Newest: { } newest } facts
            ? TypedResults.Ok(CoverageReport.Of(facts, newest, days, time.GetUtcNow()))
            : AuxoProblem.NotFound(
                "coverage/none", $"No passed build of the default branch of {rid} has reported coverage; docs/coverage.md says how.");
    }

    private static async Task<Results<Ok<ListAnswer<CoverageReport>>, ProblemHttpResult>> AllAsync(
        CoverageTable table, HistoryCache histories, TimeProvider time, CancellationToken ct, int days = UsualDays)
    {
        if (Wrong(days) is { } wrong) return wrong;
        var (now, reports) = (time.GetUtcNow(), new List<CoverageReport>());
        foreach (var facts in await table.ListAsync(ct))
        {
            if (facts.Newest is not { } newest) continue;
            if (await histories.GetSeriesAsync(newest.Rid, now, position: null, ct) is { IsTracked: false }) continue;
            reports.Add(CoverageReport.Of(facts, newest, days, now));
        }

        return TypedResults.Ok(new ListAnswer<CoverageReport>(reports, Next: null));
    }

    private static ProblemHttpResult? Wrong(int days)
        => days is < 1 or > CoverageFacts.MostDays
            ? AuxoProblem.BadRequest("request/invalid-days", $"'days' must be between 1 and {CoverageFacts.MostDays}.")
            : null;
}
