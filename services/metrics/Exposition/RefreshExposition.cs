using System.Diagnostics.Metrics;
using System.Reflection;

using Auxo.Metrics.Coverage;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Health;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Security;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition;

/// <summary>
/// Works the page of <c>/metrics</c> out again when something happened, and else every 20 seconds, since windows slide; a
/// scrape only copies it.
/// </summary>
public sealed partial class RefreshExposition(
    ExpositionPage page, FactQueries facts, NewFacts newFacts, PreparedMetrics metrics, MeshTable mesh, ListeningSince since,
    SecurityTable security, CoverageTable coverage, HealthPage health, PromiseWatch promises, TimeProvider time,
    ServiceIdentity service, ILogger<RefreshExposition> logger) : BackgroundLoop(time, logger)
{
    /// <summary>What happens within this time becomes one page.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private static readonly Meter Meter = new("Auxo.Metrics");
    private static readonly Histogram<double> Took = Meter.CreateHistogram<double>(
        "auxo_exposition_refresh", "s", "How long it took to work out the page of /metrics.");

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <summary>Works it out now; returns whether there are events that are not in it yet.</summary>
    public async Task<bool> RefreshAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var (began, now) = (Time.GetTimestamp(), Time.GetUtcNow());
            var (position, sections) = await page.RefreshAsync(now, ct);
            var lag = await LagAsync(position, now, ct);
            var own = new RadicleMetrics();
            own.AddMesh(await mesh.ListAsync(ct), now, since.Time);
            health.AddTo(own);
            own.AddPromises(promises.Shown);
            foreach (var counted in await security.ListAsync(ct))
                if (page.Repositories.Contains(counted.Rid.Value)) own.Add(counted);
            foreach (var measured in await coverage.ListAsync(ct))
                if (measured.Newest is { } newest && page.Repositories.Contains(newest.Rid.Value)) own.Add(newest);
            own.AddService(service.Version, Commit, position, lag?.TotalSeconds ?? 0, now);
            CrashPoint.Hit("metrics.page.worked_out");
            metrics.Publish(own.Page, [own.Page.Render(), .. sections]);
            Took.Record(Time.GetElapsedTime(began).TotalSeconds);
            CrashPoint.Hit("metrics.page.published");
            return lag is not null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    protected override TimeSpan PauseAfterError => ExpositionPage.Slide;

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        var began = Time.GetTimestamp();
        var more = await RefreshAsync(ct);
        // A page that takes long is worked out less often, so that it never takes more than a tenth of a processor.
        var pause = Time.GetElapsedTime(began) * 9;
        if (!more) await newFacts.WaitAsync(ExpositionPage.Slide, Time, ct);
        await Task.Delay(pause > Gather ? pause : Gather, Time, ct);
    }

    /// <summary>The last page stays; its time tells Prometheus.</summary>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    /// <summary>How long the oldest event waits that is not in the page; null when all are in it.</summary>
    private async Task<TimeSpan?> LagAsync(long position, DateTimeOffset now, CancellationToken ct)
    {
        if (await facts.OldestAfterAsync(position, ct) is not { } oldest) return null;
        var waits = now - oldest;
        return waits > TimeSpan.Zero ? waits : TimeSpan.Zero;
    }

    private static string Commit { get; } =
        typeof(RefreshExposition)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit]
                ? commit
                : "";

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Warning, "The page of /metrics could not be worked out; the last one stays")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
