using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Freshness;

/// <summary>
/// Compares what default branches use with the newest that is known here, and tells metrics: when a head is new, and daily, since mirrors
/// learn of new versions.
/// </summary>
public sealed partial class CompareDependencies(
    NpgsqlDataSource source, KnownVersions known, Outbox outbox, TimeProvider time, ILogger<CompareDependencies> logger)
    : PeriodicJob(Pause, time, logger)
{
    private const int MostAtOnce = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Daily = TimeSpan.FromHours(20);
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(30);

    /// <summary>Compares those that are due.</summary>
    /// <returns>How many metrics was told of.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        await DependencyTable.ForgetAsync(source, now - Forgotten, ct);
        var due = await DependencyTable.DueAsync(source, now - Daily, MostAtOnce, ct);
        if (due.Count == 0) return 0;
        var repositories = await RepositoryTable.ListAsync(source, "", 10_000, ct);
        var newest = new Dictionary<(string Ecosystem, string Name), PackageVersion?>();
        foreach (var found in due)
        {
            foreach (var package in found.Packages)
            {
                var key = (package.Ecosystem, package.Name);
                if (!newest.ContainsKey(key))
                    newest[key] = await known.NewestAsync(repositories, package.Ecosystem, package.Name, ct);
            }

            await using var work = outbox.Open();
            work.Session.QueueSqlCommand(DependencyTable.Compared(found, now));
            await work.PublishAsync(ComparePackages.Of(found, package => newest[(package.Ecosystem, package.Name)], now));
            await work.SaveChangesAsync(ct);
        }

        return due.Count;
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private static partial class Log
    {
        [LoggerMessage(549, LogLevel.Warning, "What repositories use could not be compared with what mirrors know; it is tried again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
