using System.Diagnostics.Metrics;
using System.Reflection;

using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.ServiceDefaults.Metrics;

using Npgsql;

namespace Auxo.Metrics.Exposition;

/// <summary>
/// Works the page of <c>/metrics</c> out again when something happened, and at least every 20 seconds, since windows slide; a scrape only copies it.
/// </summary>
public sealed partial class RefreshExposition(
    Histories histories, NpgsqlDataSource database, DocumentStore store, PostgresDoorbell doorbell, PreparedMetrics metrics, TimeProvider time, ServiceIdentity service,
    ILogger<RefreshExposition> logger) : BackgroundService
{
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(20);

    /// <summary>What happens within this time becomes one page.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private static readonly Meter Meter = new("Auxo.Metrics");
    private static readonly Histogram<double> Took = Meter.CreateHistogram<double>("auxo_exposition_refresh", "s", "How long it took to work out the page of /metrics.");

    private readonly Signal _bell = new();

    /// <summary>Works it out now.</summary>
    public async Task<MetricsPage> RefreshAsync(CancellationToken ct)
    {
        var (began, now) = (time.GetTimestamp(), time.GetUtcNow());
        var page = new RadicleMetrics(now);
        foreach (var rid in await histories.ListAsync(ct))
        {
            if (await histories.FindAsync(rid, now, position: null, ct) is { Facts.IsTracked: true } history)
                page.Add(history, Calendar.Find(history.Facts.Policy.Zone) ?? new Calendar(TimeZoneInfo.Utc));
        }

        var (position, lag) = await ProjectionAsync(now, ct);
        page.AddService(service.Version, Commit, position, lag);
        CrashPoint.Hit("metrics.page.worked_out");
        metrics.Publish(page.Page);
        Took.Record(time.GetElapsedTime(began).TotalSeconds);
        CrashPoint.Hit("metrics.page.published");
        return page.Page;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = doorbell.Subscribe(store.EventsChannel, _bell.Set);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(stoppingToken);
                await _bell.WaitAsync(AtLeast, time, stoppingToken);
                await Task.Delay(Gather, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, the next page must be tried; the time of the last one tells Prometheus.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.Failed(logger, e);
                await Task.Delay(AtLeast, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<(long Position, double LagSeconds)> ProjectionAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select p.position, (select e.timestamp from metrics.mt_events e where e.seq_id > p.position order by e.seq_id limit 1)
            from (select coalesce((select last_seq_id from metrics.mt_event_progression where name = 'FactDays:All'), 0) as position) p
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var waits = await reader.IsDBNullAsync(1, ct) ? TimeSpan.Zero : now - reader.GetFieldValue<DateTimeOffset>(1);
        return (reader.GetInt64(0), Math.Max(0, waits.TotalSeconds));
    }

    private static string Commit { get; } =
        typeof(RefreshExposition).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : "";

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Warning, "The page of /metrics could not be worked out; the last one stays")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
