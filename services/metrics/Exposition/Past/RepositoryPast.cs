using Auxo.Metrics.Coverage;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Security;

namespace Auxo.Metrics.Exposition.Past;

/// <summary>
/// A repository as it was, moment by moment, from its events by the time at which they happened; pure. What an old event means is
/// worked out as today: health is scored by today's checks, as <c>GET /api/health?asOf=</c> does.
/// </summary>
internal sealed class RepositoryPast(
    Rid rid, Replayed<SecurityEvent.Counted> counts, Replayed<CoverageEvent.Measured> measures, Replayed<HealthEvent> looks)
{
    private SecurityFacts? _security;
    private CoverageFacts? _coverage;
    private RepositoryHealth? _health;

    /// <summary>The gauges of a moment. Each is later than the one before.</summary>
    /// <param name="series">Changes, builds and deployments as of then; null when there were none yet.</param>
    /// <param name="moment">When.</param>
    public RadicleMetrics At(DoraSeries? series, DateTimeOffset moment)
    {
        foreach (var e in counts.UpTo(moment)) _security = _security?.Apply(e) ?? SecurityFacts.Create(e);
        foreach (var e in measures.UpTo(moment)) _coverage = _coverage?.Apply(e) ?? CoverageFacts.Create(e);
        foreach (var e in looks.UpTo(moment)) _health = (_health ?? new RepositoryHealth()).Apply(e);
        var metrics = new RadicleMetrics();
        if (series is not null)
        {
            metrics.AddStanding(series);
            metrics.AddWindows(series, moment);
        }

        if (_security is { } counted) metrics.Add(counted);
        if (_coverage?.Newest is { } measured) metrics.Add(measured);
        if (series is not null || _health is not null)
        {
            var known = new ReadHealth.Known(rid, series, _health, _security, _coverage, IsExposed: false);
            metrics.AddHealth([ReadHealth.Report(known, moment)]);
        }

        return metrics;
    }
}
