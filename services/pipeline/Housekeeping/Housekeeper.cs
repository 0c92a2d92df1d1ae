using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Disk;

using Npgsql;

namespace Auxo.Pipeline.Housekeeping;

/// <summary>
/// Removes the logs, artifacts and kept workspaces of old builds, every six hours. Other workspaces are removed by their
/// builds and at each start; a mirror is a few small files and stays.
/// </summary>
internal sealed class Housekeeper(
    NpgsqlDataSource database, ArtifactStore artifacts, KeptWorkspaces kept, InstanceLayout layout, HousekeepingPolicy policy,
    TimeProvider time, ILogger<Housekeeper> logger) : PeriodicJob(Pause, time, logger)
{
    /// <summary>Short enough that a machine that is switched off at night is cleaned, too.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromHours(6);

    /// <summary>Removes what is not kept.</summary>
    /// <returns>How many builds lost their files; null when a backup runs, which needs them: it is done another time.</returns>
    public async Task<int?> RunAsync(CancellationToken ct)
    {
        await kept.TrimAsync(ct);
        await FindingsTable.ForgetAsync(database, ct);
        await using var held = await ContentsLock.TryHoldAsync(database, ct);
        if (held is null) return null;
        var expired = KeptBuilds.Expired(await BuildsAsync(ct), policy, Time.GetUtcNow());
        var removed = 0;
        foreach (var build in expired)
        {
            ct.ThrowIfCancellationRequested();
            var folder = Path.Combine(layout.BuildLogs, build.ToString());
            var hadLogs = Directory.Exists(folder);
            if (hadLogs) Directory.Delete(folder, recursive: true);
            if (artifacts.Forget(build) | hadLogs) removed++;
        }

        await artifacts.SweepAsync(Time.GetUtcNow(), ct);
        return removed;
    }

    protected override async Task DoAsync(CancellationToken ct)
    {
        if (await RunAsync(ct) is > 0 and var removed)
            logger.LogInformation("The logs and artifacts of {Count} old builds were removed.", removed);
    }

    private async Task<IReadOnlyList<KeptBuild>> BuildsAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select build_id, rid, queued_at, state = 'done' from pipeline.builds");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var builds = new List<KeptBuild>();
        while (await reader.ReadAsync(ct)) builds.Add(new KeptBuild(
            reader.GetGuid(0), Rid.Parse(reader.GetString(1)), reader.GetFieldValue<DateTimeOffset>(2), reader.GetBoolean(3)));
        return builds;
    }
}
