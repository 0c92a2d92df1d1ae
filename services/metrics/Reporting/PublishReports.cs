using Auxo.Metrics.Reporting.Rendering;

namespace Auxo.Metrics.Reporting;

/// <summary>Makes the reports that are due, keeps them and tells notify; the same report is made once, by whichever process.</summary>
public sealed class PublishReports(
    GatherFacts gather, DueReports due, IDocumentStore store, Outbox outbox, TimeProvider time, ILogger<PublishReports> logger)
    : PeriodicJob(TimeSpan.FromMinutes(1), time, logger)
{
    /// <summary>Makes them now.</summary>
    /// <returns>How many were told.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        if (due.At(now, static (_, _) => false) is not { Count: > 0 } candidates) return 0;
        var made = new HashSet<string>(StringComparer.Ordinal);
        await using (var session = store.QuerySession())
        {
            var ids = candidates.Select(static c => KeptReport.StreamKey(c.Kind, c.Day)).ToArray();
            foreach (var kept in await session.LoadManyAsync<KeptReport>(ct, ids)) made.Add(kept.Id);
        }

        var open = due.At(now, (kind, day) => made.Contains(KeptReport.StreamKey(kind, day)));
        if (open.Count == 0) return 0;
        var (facts, told) = (await gather.NowAsync(now, ct), 0);
        foreach (var (kind, day) in open)
        {
            if (await PublishAsync(kind, day, WriteReport.Of(kind, day, facts), now, ct)) told++;
        }

        return told;
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    /// <inheritdoc/>
    protected override void Report(Exception e)
    {
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); reports wait.", e.Message);
        else base.Report(e);
    }

    private Task<bool> PublishAsync(ReportKind kind, DateOnly day, ReportDocument? report, DateTimeOffset now, CancellationToken ct)
        => LostRace.RetryAsync(async () =>
        {
            await using var work = outbox.Open();
            var stream = await work.Session.Events.FetchForWriting<KeptReport>(KeptReport.StreamKey(kind, day), ct);
            if (stream.Aggregate is not null) return false;
            stream.AppendOne(report is null ? new ReportEvent.Skipped(kind, day, now) : new ReportEvent.Published(report));
            if (report is not null) await work.PublishAsync(Message(report));
            await work.SaveChangesAsync(ct);
            return report is not null;
        });

    private static ReportPublished Message(ReportDocument report) => new(
        KeptReport.StreamKey(report.Kind, report.Day), KeptReport.Word(report.Kind), report.Title, report.Day, ReportMarkdown.Of(report),
        ReportHtml.Of(report), ReportText.Of(report), report.NeedsAttention, report.At);
}
