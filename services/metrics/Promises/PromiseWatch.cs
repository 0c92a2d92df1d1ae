using Auxo.Metrics.Dora;

namespace Auxo.Metrics.Promises;

/// <summary>Judges the promises of the last 30 days every few minutes, for the page of <c>/metrics</c> and for alerts.</summary>
public sealed class PromiseWatch(ReadPromises promises, TimeProvider time, ILogger<PromiseWatch> logger)
    : PeriodicJob(TimeSpan.FromMinutes(2), time, logger)
{
    /// <summary>So many days a promise is about.</summary>
    public const int Days = 30;

    private volatile IReadOnlyList<PromiseReport> _shown = [];

    /// <summary>What was judged last; nothing before the first time.</summary>
    public IReadOnlyList<PromiseReport> Shown => _shown;

    /// <summary>Judges them now.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        _shown = (await promises.OfAsync(new Window(now.AddDays(-Days), now), ct)).Promises;
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    /// <inheritdoc/>
    protected override void Report(Exception e)
    {
        if (DatabaseAway.Is(e)) logger.LogWarning("PostgreSQL does not answer ({Reason}); promises are judged later.", e.Message);
        else base.Report(e);
    }
}
