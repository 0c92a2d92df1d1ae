using Auxo.Metrics.Exposition;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Security;

/// <summary>
/// The families of findings. A check that never looked has no sample: nobody mistakes the absence of scans for the absence of findings.
/// </summary>
internal sealed class SecurityFamilies(MetricsPage page)
{
    /// <summary>Holes in packages and in the repository's own code.</summary>
    private static readonly string[] Scanners = ["dependencies", "sast"];

    private static readonly Severity[] Shown = [Severity.Critical, Severity.High, Severity.Medium, Severity.Low];

    private readonly Dictionary<Severity, PreparedFamily> _sums = Shown.ToDictionary(
        static severity => severity, severity => page.Gauge(
            $"radicle_security_vulnerabilities_{Word(severity)}", $"Open {Word(severity)} vulnerabilities, of packages and of own code."));

    private readonly PreparedFamily _each = page.Gauge(
        "radicle_security_vulnerabilities", "Open vulnerabilities, by severity and scanner.");
    private readonly PreparedFamily _secrets = page.Gauge("radicle_security_secrets_found", "Secrets found and not resolved.");
    private readonly PreparedFamily _sast = page.Gauge(
        "radicle_security_sast_findings", "Open findings of static analysis, by severity.");
    private readonly PreparedFamily _overdue = page.Gauge(
        "radicle_security_overdue_findings", "Open findings past their due date, by severity.");
    private readonly PreparedFamily _accepted = page.Gauge(
        "radicle_security_accepted_findings", "Findings that somebody has accepted for now or called a false alarm, by state.");
    private readonly PreparedFamily _score = page.Gauge("radicle_security_score", "How well a repository stands, 0 to 100.");
    private readonly PreparedFamily _scanned = page.Gauge(
        "radicle_security_scan_last_success_timestamp_seconds", "When a scanner last finished.");

    /// <summary>Adds a repository.</summary>
    public void Add(SecurityFacts facts)
    {
        var repo = ("repo", facts.Rid.Value);
        var scanners = Scanners.Where(facts.HasLooked).ToList();
        foreach (var severity in Shown)
        {
            var label = ("severity", Word(severity));
            if (scanners.Count > 0) _sums[severity].Set(facts.Open(severity, scanners), repo);
            foreach (var scanner in scanners) _each.Set(facts.Open(severity, scanner), repo, label, ("scanner", scanner));
            if (facts.HasLooked("sast")) _sast.Set(facts.Open(severity, "sast"), repo, label);
            if (facts.Score is not null)
                _overdue.Set(
                    facts.Counts.Where(count => count.Severity == severity && IsSecurity(count.Check)).Sum(static count => count.Overdue),
                    repo, label);
        }

        if (facts.HasLooked("secrets"))
            _secrets.Set(facts.Counts.Where(static count => count.Check == "secrets").Sum(static count => count.Open), repo);
        if (facts.Score is { } score)
        {
            var mine = facts.Counts.Where(static count => IsSecurity(count.Check)).ToList();
            _score.Set(score, repo);
            _accepted.Set(mine.Sum(static count => count.Accepted), repo, ("state", "accepted"))
                .Set(mine.Sum(static count => count.FalseAlarms), repo, ("state", "false_alarm"));
        }

        // What no nightly scan looks at again is as old as the newest push, and that is no fault.
        foreach (var look in facts.Checks.Where(static look
            => IsSecurity(look.Check) && !look.IsOff && (look.IsScanned || look.Check != "dependencies")))
            _scanned.Set(RadicleMetrics.Seconds(look.At), repo, ("scanner", look.Check));
    }

    private static bool IsSecurity(string check) => check is "dependencies" or "sast" or "secrets";

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
