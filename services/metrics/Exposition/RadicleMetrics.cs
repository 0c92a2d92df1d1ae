using Auxo.Metrics.Coverage;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Security;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition;

/// <summary>
/// Every <c>radicle_*</c> name, and the values of those that Auxo has facts for. Names are a promise to dashboards and alerts:
/// they are named even while they have no sample. Labels are few on purpose: never a build, a patch, a commit, a branch or an
/// error's text.
/// </summary>
public sealed class RadicleMetrics
{
    /// <summary>The windows that are shown; alerts use the first.</summary>
    private static readonly (string Name, int Days)[] Windows = [("30d", 30), ("7d", 7), ("90d", 90)];

    private static readonly double[] LongTimes =
        [60, 300, 900, 3600, 14_400, 28_800, 86_400, 172_800, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000];
    private static readonly double[] BuildTimes = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
    private static readonly double[] WaitTimes = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900];

    /// <summary>More steps of one repository are counted together: their names come from its pipeline file.</summary>
    private const int MostSteps = 20;

    private readonly DoraFamilies _dora;
    private readonly CiFamilies _ci;
    private readonly MeshFamilies _mesh;
    private readonly SecurityFamilies _security;
    private readonly CoverageFamilies _coverage;
    private readonly HealthFamilies _health;
    private readonly PromiseFamilies _promises;
    private readonly PreparedFamily _info, _deployments, _patches, _patchesOpen, _oldestPatch, _position, _lag, _refreshed, _build;

    /// <summary>A page without values.</summary>
    public RadicleMetrics()
    {
        _dora = new DoraFamilies(Page, LongTimes);
        _ci = new CiFamilies(Page, BuildTimes, WaitTimes);
        _info = Page.Gauge("radicle_repo_info", "The name of a repository; always 1.");
        _deployments = Page.Counter("radicle_deployments", "Deployments finished, those by policy included.");
        _patches = Page.Counter("radicle_patches", "Patches opened, merged and archived.");
        _patchesOpen = Page.Gauge("radicle_patches_open", "Patches that are neither merged nor archived.");
        _oldestPatch = Page.Gauge("radicle_patch_oldest_open_timestamp_seconds", "When the oldest open patch was opened.");
        _mesh = new MeshFamilies(Page);
        _security = new SecurityFamilies(Page);
        _coverage = new CoverageFamilies(Page);
        _health = new HealthFamilies(Page);
        _promises = new PromiseFamilies(Page);
        OtherNames.AddTo(Page);
        _position = Page.Gauge("radicle_projection_position", "How far a projection has come in the store's order.");
        _lag = Page.Gauge("radicle_projection_lag_seconds", "How long the oldest event waits for a projection.");
        _refreshed = Page.Gauge("radicle_exporter_last_refresh_timestamp_seconds", "When these values were worked out.");
        _build = Page.Gauge("radicle_build_info", "The running version; always 1.");
    }

    /// <summary>What has been added so far.</summary>
    public MetricsPage Page { get; } = new();

    /// <summary>A repository's values of the windows that end now: they change as time passes.</summary>
    public static MetricsSection Windowed(DoraSeries series, DateTimeOffset now)
    {
        var metrics = new RadicleMetrics();
        metrics.AddWindows(series, now);
        return metrics.Page.Render();
    }

    /// <summary>A repository's values since the beginning: they change with its facts only.</summary>
    public static MetricsSection Total(DoraSeries series)
    {
        var metrics = new RadicleMetrics();
        metrics.AddStanding(series);
        metrics.AddTotals(series);
        return metrics.Page.Render();
    }

    /// <summary>Adds a repository's values of the windows that end then.</summary>
    public void AddWindows(DoraSeries series, DateTimeOffset now)
    {
        var repo = ("repo", series.Rid.Value);
        var calendar = Calendar.FindOrUtc(series.Policy.Zone);
        foreach (var (name, days) in Windows)
        {
            var window = new Window(now - TimeSpan.FromDays(days), now);
            var dora = Measure.Dora(series, window, calendar);
            _dora.Add(repo, ("window", name), dora);
            if (days != 30) continue;
            _dora.AddHeadline(repo, dora);
            _ci.AddWindow(repo, series, window);
        }
    }

    /// <summary>Adds what a repository has at that moment: its name, open patches, builds that run and wait.</summary>
    public void AddStanding(DoraSeries series)
    {
        var (repo, totals) = (("repo", series.Rid.Value), series.Totals);
        _info.Set(1, repo, ("name", series.Name ?? ""));
        _patchesOpen.Set(totals.Open, repo);
        if (totals.OldestOpen is { } oldest) _oldestPatch.Set(Seconds(oldest), repo);
        _ci.AddWaiting(repo, series);
    }

    private void AddTotals(DoraSeries series)
    {
        var (repo, totals) = (("repo", series.Rid.Value), series.Totals);
        _dora.AddTotals(repo, series);
        _ci.AddTotals(repo, series, MostSteps);
        foreach (var d in totals.Deployments.Select(static d
            => (d.Environment, Kind: Word(d.Kind.ToString()), Outcome: d.Succeeded ? "success" : "failure", d.Count))
                .Order().Take(MostSteps))
            _deployments.Set(d.Count, repo, ("environment", d.Environment), ("kind", d.Kind), ("outcome", d.Outcome));
        _patches.Set(totals.Opened, repo, ("event", "opened"))
            .Set(totals.Merged, repo, ("event", "merged")).Set(totals.Archived, repo, ("event", "archived"));
    }

    /// <summary>Adds what the agents of nodes told.</summary>
    public void AddMesh(IReadOnlyList<MeshNode> nodes, DateTimeOffset now, DateTimeOffset listeningSince)
        => _mesh.Add(nodes, MeshMatrix.Of(nodes, now, listeningSince));

    /// <summary>Adds how the findings of a repository stand.</summary>
    public void Add(SecurityFacts facts) => _security.Add(facts);

    /// <summary>Adds the coverage of a repository.</summary>
    public void Add(CoverageEvent.Measured newest) => _coverage.Add(newest);
    /// <summary>Adds how well repositories are.</summary>
    public void AddHealth(IReadOnlyList<HealthReport> reports)
    {
        foreach (var report in reports) _health.Add(report);
    }

    /// <summary>Adds how the promises stand.</summary>
    public void AddPromises(IReadOnlyList<PromiseReport> reports)
    {
        foreach (var report in reports) _promises.Add(report);
    }

    /// <summary>Adds what is about the service itself.</summary>
    public void AddService(string version, string commit, long position, double lagSeconds, DateTimeOffset now)
    {
        _position.Set(position, ("projection", nameof(FactDays)));
        _lag.Set(lagSeconds, ("projection", nameof(FactDays)));
        _refreshed.Set(Seconds(now));
        _build.Set(1, ("version", version), ("commit", commit));
    }

    internal static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private static string Word(string text) => text.ToLowerInvariant();
}
