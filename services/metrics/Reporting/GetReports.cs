using System.Globalization;

using Auxo.Metrics.Asking;
using Auxo.Metrics.Reporting.Rendering;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Reporting;

/// <summary>A report that is kept.</summary>
/// <param name="Kind"><c>daily</c>, <c>weekly</c>, <c>security</c> or <c>audit</c>.</param>
/// <param name="Day">Of which day.</param>
/// <param name="Title">One line for people.</param>
/// <param name="NeedsAttention">Something in it waits for somebody.</param>
/// <param name="At">When it was made.</param>
public sealed record ReportLine(string Kind, DateOnly Day, string Title, bool NeedsAttention, DateTimeOffset At);

/// <summary>
/// <c>GET /api/reports</c>: the reports that are kept, the newest first. <c>GET /api/reports/{kind}/{day}</c>: one, as it was made, and
/// <c>/{form}</c> behind it as <c>text</c>, <c>markdown</c> or <c>html</c>; <c>now</c> in place of the day makes one of this moment, keeps
/// nothing and tells nobody.
/// </summary>
public static class GetReports
{
    private const int Most = 200;

    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/reports", ListAsync).WithName("ListReports").RequireScope(MetricsScopes.Read);
        app.MapGet("/api/reports/{kind}/{day}", OneAsync).WithName("GetReport").RequireScope(MetricsScopes.Read);
        app.MapGet("/api/reports/{kind}/{day}/{form}", FormAsync).WithName("GetReportForm").RequireScope(MetricsScopes.Read);
    }

    private static async Task<Ok<ListAnswer<ReportLine>>> ListAsync(IQuerySession session, CancellationToken ct)
    {
        var kept = await session.QueryAsync<KeptReport>(
            "where data->'report' is not null order by data->>'day' desc, id limit ?", ct, Most);
        return TypedResults.Ok(new ListAnswer<ReportLine>(
            [.. kept.Select(static k => k.Report!).Select(static r
                => new ReportLine(KeptReport.Word(r.Kind), r.Day, r.Title, r.NeedsAttention, r.At))],
            Next: null));
    }

    private static async Task<Results<Ok<ReportDocument>, ProblemHttpResult>> OneAsync(
        string kind, string day, IQuerySession session, GatherFacts gather, DueReports due, TimeProvider time, CancellationToken ct)
    {
        var (report, problem) = await FindAsync(kind, day, session, gather, due, time.GetUtcNow(), ct);
        return report is null ? problem! : TypedResults.Ok(report);
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> FormAsync(
        string kind, string day, string form, IQuerySession session, GatherFacts gather, DueReports due, TimeProvider time,
        CancellationToken ct)
    {
        var (report, problem) = await FindAsync(kind, day, session, gather, due, time.GetUtcNow(), ct);
        if (report is null) return problem!;
        return form switch
        {
            "markdown" => TypedResults.Text(ReportMarkdown.Of(report), "text/markdown; charset=utf-8"),
            "html" => TypedResults.Text(ReportHtml.Of(report), "text/html; charset=utf-8"),
            "text" => TypedResults.Text(ReportText.Of(report), "text/plain; charset=utf-8"),
            _ => AuxoProblem.NotFound("report/no-such-form", "The forms of a report are text, markdown and html."),
        };
    }

    private static async Task<(ReportDocument? Report, ProblemHttpResult? Problem)> FindAsync(
        string kind, string day, IQuerySession session, GatherFacts gather, DueReports due, DateTimeOffset now, CancellationToken ct)
    {
        if (Enum.GetValues<ReportKind>().Where(k => KeptReport.Word(k) == kind).ToList() is not [var wanted])
            return (null, AuxoProblem.NotFound(
                "report/no-such-kind", $"There is no report '{kind}'; there are daily, weekly, security and audit."));
        var report = day == "now"
            ? await NowAsync(wanted, gather, due, now, ct)
            : DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var of)
                ? (await session.LoadAsync<KeptReport>(KeptReport.StreamKey(wanted, of), ct))?.Report
                : null;
        return report is not null ? (report, null) : (null, AuxoProblem.NotFound(
            "report/none", day == "now"
                ? "There is nothing to report: all is well, or nothing is tracked."
                : $"No {kind} report of {day} is kept; 'auxo report list' shows those that are."));
    }

    private static async Task<ReportDocument?> NowAsync(
        ReportKind kind, GatherFacts gather, DueReports due, DateTimeOffset now, CancellationToken ct)
        => WriteReport.Of(kind, due.DayOf(now), await gather.NowAsync(now, ct));
}
