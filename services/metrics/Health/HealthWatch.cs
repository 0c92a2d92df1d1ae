namespace Auxo.Metrics.Health;

/// <summary>Scores all tracked repositories every few minutes, keeps what is news, and tells notify of another band.</summary>
public sealed class HealthWatch(ReadHealth health, Outbox outbox, HealthPage page, TimeProvider time, ILogger<HealthWatch> logger)
    : PeriodicJob(TimeSpan.FromMinutes(2), time, logger)
{
    /// <summary>Scores them once.</summary>
    /// <returns>How many scores were news.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var reports = await health.AllAsync(Time.GetUtcNow(), ct);
        var news = 0;
        foreach (var report in reports)
        {
            if (await RecordAsync(report, ct)) news++;
        }

        page.Show(reports);
        return news;
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    /// <inheritdoc/>
    protected override void Report(Exception e)
    {
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); scores wait.", e.Message);
        else base.Report(e);
    }

    private Task<bool> RecordAsync(HealthReport report, CancellationToken ct) => LostRace.RetryAsync(async () =>
    {
        await using var work = outbox.Open();
        var key = RepositoryHealth.StreamKey(report.Rid);
        // Most scores are as they were: that costs no write.
        var last = (await work.Session.LoadAsync<RepositoryHealth>(key, ct))?.Last;
        if (RecordScore.Decide(last, report) is not { Scored: not null }) return false;
        var stream = await work.Session.Events.FetchForWriting<RepositoryHealth>(key, ct);
        var (scored, changed) = RecordScore.Decide(stream.Aggregate?.Last, report);
        if (scored is null) return false;
        stream.AppendOne(scored);
        if (changed is not null) await work.PublishAsync(changed);
        await work.SaveChangesAsync(ct);
        return true;
    });
}
