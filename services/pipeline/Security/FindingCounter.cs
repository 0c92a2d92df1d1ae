using Auxo.Pipeline.Findings;

using Npgsql;

namespace Auxo.Pipeline.Security;

/// <summary>
/// Counts the findings of every repository once more each hour: acceptances end and due dates pass without a build. An hour,
/// so that a machine that runs for a few hours a day counts, too.
/// </summary>
internal sealed class FindingCounter(
    NpgsqlDataSource database, FindingsStore findings, Outbox outbox, DueDates due, TimeProvider time,
    ILogger<FindingCounter> logger) : PeriodicJob(TimeSpan.FromHours(1), time, logger)
{
    /// <summary>Tells the counts of all repositories in which a check has looked.</summary>
    public async Task CountAsync(CancellationToken ct)
    {
        foreach (var repository in await SecurityTable.RepositoriesAsync(database, rid: null, ct))
        {
            if (await findings.RecordAsync(repository.Rid, ct) is not { } record) continue;
            var now = Time.GetUtcNow();
            var groups = await SecurityTable.GroupsAsync(
                database, repository.Rid, DateOnly.FromDateTime(now.UtcDateTime), ct);
            await using var work = outbox.Open();
            await work.PublishAsync(CountFindings.Of(
                repository.Rid, repository.Name, record, await SecurityTable.ScannedAsync(database, repository.Rid, ct), groups, due, now));
            await work.SaveChangesAsync(ct);
        }
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => CountAsync(ct);
}
