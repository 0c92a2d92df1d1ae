using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Coverage;

/// <summary>
/// The families of coverage. One name of the old world ends in <c>_total</c> though it is no counter; it is shown for dashboards
/// that know it, and says so.
/// </summary>
internal sealed class CoverageFamilies(MetricsPage page)
{
    /// <summary>The label of all languages together.</summary>
    private const string All = "all";

    private readonly PreparedFamily _percent = page.Gauge(
        "radicle_test_coverage_percent", "Line coverage of the default branch in percent (0 to 100), by language; 'all' is their sum.");
    private readonly PreparedFamily _ratio = page.Gauge("radicle_test_coverage_ratio", "Line coverage (0 to 1).");
    private readonly PreparedFamily _lines = page.Gauge("radicle_test_coverage_lines", "Lines that can be covered.");
    private readonly PreparedFamily _covered = page.Gauge("radicle_test_coverage_lines_covered", "Lines that are covered.");
    private readonly PreparedFamily _changed = page.Gauge(
        "radicle_test_coverage_changed_ratio", "Coverage of the lines that the newest push wrote (0 to 1).");
    private readonly PreparedFamily _old = page.Untyped(
        "radicle_test_coverage_lines_total", "The same as radicle_test_coverage_lines, under its old name; no counter.");

    /// <summary>Adds a repository.</summary>
    public void Add(CoverageEvent.Measured newest)
    {
        var repo = ("repo", newest.Rid.Value);
        Add(repo, All, newest.Lines, newest.Covered);
        foreach (var language in newest.Languages) Add(repo, language.Language, language.Lines, language.Covered);
        if (newest is { ChangedLines: > 0 and var lines, ChangedCovered: { } covered }) _changed.Set((double)covered / lines, repo);
    }

    private void Add((string, string) repo, string language, long lines, long covered)
    {
        if (lines <= 0) return;
        var label = ("language", language);
        _percent.Set(100.0 * covered / lines, repo, label);
        _ratio.Set((double)covered / lines, repo, label);
        _lines.Set(lines, repo, label);
        _covered.Set(covered, repo, label);
        _old.Set(lines, repo, label);
    }
}
