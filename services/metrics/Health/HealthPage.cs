using Auxo.Metrics.Exposition;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Health;

/// <summary>The families of health on the page of <c>/metrics</c>: what was scored last.</summary>
public sealed class HealthPage
{
    private volatile IReadOnlyList<HealthReport>? _reports;

    /// <summary>Shows these from now on.</summary>
    public void Show(IReadOnlyList<HealthReport> reports) => _reports = reports;

    /// <summary>What was scored last; null before the first time since the start.</summary>
    public IReadOnlyList<HealthReport>? Shown => _reports;

    /// <summary>Adds them to a page.</summary>
    internal void AddTo(RadicleMetrics metrics) => metrics.AddHealth(_reports ?? []);
}

/// <summary>The families of health. What is not known has no sample.</summary>
internal sealed class HealthFamilies(MetricsPage page)
{
    private readonly PreparedFamily _score = page.Gauge("radicle_repo_health_score", "Health of a repository, 0 to 100.");
    private readonly PreparedFamily _points = page.Gauge("radicle_repo_health_category_points", "Points earned in a category.");
    private readonly PreparedFamily _max = page.Gauge("radicle_repo_health_category_max_points", "Points possible in a category.");
    private readonly PreparedFamily _failed = page.Gauge(
        "radicle_repo_health_check_failed", "1 when a check of a repository loses points, 0 when it earns them all.");
    private readonly PreparedFamily _replicas = page.Gauge("radicle_node_repo_replicas", "Other nodes that keep a repository.");

    public void Add(HealthReport report)
    {
        var repo = ("repo", report.Rid.Value);
        _score.Set(report.Score, repo);
        foreach (var category in report.Categories.Where(static c => c.Points is not null))
        {
            var label = ("category", category.Category.ToString().ToLowerInvariant());
            _points.Set(category.Points, repo, label);
            _max.Set(category.Max, repo, label);
        }

        foreach (var check in report.Checks.Where(static c => c.Points is not null))
            _failed.Set(check.Lost > 0 ? 1 : 0, repo, ("check", check.Check));
        _replicas.Set(report.Replicas, repo);
    }
}
