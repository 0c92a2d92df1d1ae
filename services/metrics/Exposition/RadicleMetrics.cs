using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition;

/// <summary>
/// Every <c>radicle_*</c> name, and the values of those that Auxo has facts for. Names are a promise to dashboards and alerts: they are named even while they
/// have no sample. Labels are few on purpose: never a build, a patch, a commit, a branch or an error's text.
/// </summary>
public sealed class RadicleMetrics
{
    /// <summary>The windows that are shown; alerts use the first.</summary>
    private static readonly (string Name, int Days)[] Windows = [("30d", 30), ("7d", 7), ("90d", 90)];

    private static readonly double[] LongTimes = [60, 300, 900, 3600, 14_400, 28_800, 86_400, 172_800, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000];
    private static readonly double[] BuildTimes = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
    private static readonly double[] WaitTimes = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900];

    /// <summary>More steps of one repository are counted together: their names come from its pipeline file.</summary>
    private const int MostSteps = 20;

    private readonly DateTimeOffset _now;
    private readonly DoraFamilies _dora;
    private readonly CiFamilies _ci;
    private readonly PreparedFamily _info, _deployments, _patches, _patchesOpen, _oldestPatch;

    /// <summary>A page without values.</summary>
    /// <param name="now">The end of all windows.</param>
    public RadicleMetrics(DateTimeOffset now)
    {
        _now = now;
        _dora = new DoraFamilies(Page, LongTimes);
        _ci = new CiFamilies(Page, BuildTimes, WaitTimes);
        _info = Page.Gauge("radicle_repo_info", "The name of a repository; always 1.");
        _deployments = Page.Counter("radicle_deployments", "Deployments finished, those by policy included.");
        _patches = Page.Counter("radicle_patches", "Patches opened, merged and archived.");
        _patchesOpen = Page.Gauge("radicle_patches_open", "Patches that are neither merged nor archived.");
        _oldestPatch = Page.Gauge("radicle_patch_oldest_open_timestamp_seconds", "When the oldest open patch was opened.");
        OtherNames.AddTo(Page);
    }

    /// <summary>What has been added so far.</summary>
    public MetricsPage Page { get; } = new();

    /// <summary>Adds a repository's values.</summary>
    public void Add(History history, Calendar calendar)
    {
        var repo = ("repo", history.Facts.Rid.Value);
        _info.Set(1, repo, ("name", history.Facts.Name ?? ""));
        foreach (var (name, days) in Windows)
        {
            var window = new Window(_now - TimeSpan.FromDays(days), _now);
            var dora = Measure.Dora(history, window, calendar);
            _dora.Add(repo, ("window", name), dora);
            if (days != 30) continue;
            _dora.AddHeadline(repo, dora, history);
            _ci.AddHeadline(repo, history, window);
        }

        _ci.AddTotals(repo, history, MostSteps);
        AddDeployments(repo, history);
        AddPatches(repo, history.Facts);
    }

    /// <summary>Adds what is about the service itself.</summary>
    public void AddService(string version, string commit, long position, double lagSeconds)
    {
        Page.Gauge("radicle_projection_position", "How far a projection has come in the store's order.").Set(position, ("projection", nameof(FactDays)));
        Page.Gauge("radicle_projection_lag_seconds", "How long the oldest event waits for a projection.").Set(lagSeconds, ("projection", nameof(FactDays)));
        Page.Gauge("radicle_exporter_last_refresh_timestamp_seconds", "When these values were worked out.").Set(Seconds(_now));
        Page.Gauge("radicle_build_info", "The running version; always 1.").Set(1, ("version", version), ("commit", commit));
    }

    internal static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private void AddDeployments((string, string) repo, History history)
    {
        var counted = history.Deliveries.Live.Select(static d => (Environment: "production", Kind: Word(d.Kind.ToString()), Outcome: "success"));
        var live = history.Deliveries.Live.Select(static d => d.Id).ToHashSet(StringComparer.Ordinal);
        var others = history.Facts.Deployments.Where(d => !live.Contains(d.Id)).Select(static d => (d.Environment, Kind: Word(d.Kind.ToString()), Outcome: d.Succeeded ? "success" : "failure"));
        foreach (var ((environment, kind, outcome), count) in counted.Concat(others).CountBy(static d => d).OrderBy(static c => c.Key).Take(MostSteps))
            _deployments.Set(count, repo, ("environment", environment), ("kind", kind), ("outcome", outcome));
    }

    private void AddPatches((string, string) repo, RepositoryFacts facts)
    {
        var opened = facts.Revisions.GroupBy(static r => r.Patch).ToDictionary(static g => g.Key, static g => (First: g.Min(static r => r.At), Last: g.Max(static r => r.At)));
        var merged = facts.Merges.Select(static m => m.Patch).ToHashSet();
        var archived = facts.Archives.GroupBy(static a => a.Patch).ToDictionary(static g => g.Key, static g => g.Max(static a => a.At));
        _patches.Set(opened.Count, repo, ("event", "opened")).Set(merged.Count, repo, ("event", "merged")).Set(archived.Count, repo, ("event", "archived"));
        var open = opened.Where(p => !merged.Contains(p.Key) && !(archived.TryGetValue(p.Key, out var at) && at >= p.Value.Last)).Select(static p => p.Value.First).ToList();
        _patchesOpen.Set(open.Count, repo);
        if (open.Count > 0) _oldestPatch.Set(Seconds(open.Min()), repo);
    }

    internal static string Word(string text) => text.ToLowerInvariant();
}
