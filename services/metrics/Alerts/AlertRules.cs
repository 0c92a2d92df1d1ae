namespace Auxo.Metrics.Alerts;

/// <summary>What rules look at.</summary>
public static class Measures
{
    /// <summary>Open critical vulnerabilities of a repository, of packages and of its own code.</summary>
    public const string CriticalVulnerabilities = "vulnerabilities.critical";

    /// <summary>Open findings of the security checks that are past their due date.</summary>
    public const string Overdue = "findings.overdue";

    /// <summary>Seconds since a check looked that a nightly scan makes.</summary>
    public const string ScanAge = "scan.age_seconds";

    /// <summary>The DORA score of 30 days, 1 to 4.</summary>
    public const string DoraScore = "dora.score";

    /// <summary>The share of builds that passed in 30 days; only where there are enough of them.</summary>
    public const string CiSuccess = "ci.success";

    /// <summary>The health of a repository, 0 to 100.</summary>
    public const string Health = "health.score";

    /// <summary>1 for a node that is down or silent.</summary>
    public const string NodeDown = "node.down";

    /// <summary>The used share of a node's memory.</summary>
    public const string Memory = "node.memory";

    /// <summary>The used share of a node's processors.</summary>
    public const string Cpu = "node.cpu";

    /// <summary>The used share of a file system of a node.</summary>
    public const string Disk = "node.disk";

    /// <summary>Seconds until a node's key of the mesh's VPN ends.</summary>
    public const string MeshKey = "mesh.key_seconds";

    /// <summary>1 while a node says that a private repository is not private as it should be.</summary>
    public const string Exposed = "repository.exposed";

    /// <summary>Merges without a pass in seven days.</summary>
    public const string UncheckedMerges = "merges.without_pass";

    /// <summary>Times of schedules that were missed in a day.</summary>
    public const string MissedSlots = "schedules.missed";

    /// <summary>Seconds for which the oldest build has waited for its first step.</summary>
    public const string QueueAge = "queue.oldest_seconds";

    /// <summary>The used share of a promise's room for misses, over 30 days; only where there are enough values.</summary>
    public const string PromiseBudget = "promise.budget_used";

    /// <summary>Seconds since the newest backup.</summary>
    public const string BackupAge = "backup.age_seconds";

    /// <summary>Seconds for which a mirror could not ask its upstream, or not about all that is used; 0 while it can.</summary>
    public const string MirrorAge = "mirror.age_seconds";
}

/// <summary>The rules, in the order in which they are shown. Each has its section in <c>docs/alerts.md</c>.</summary>
public static class AlertRules
{
    private const string Critical = "critical", Warning = "warning", Info = "info";
    private const double Hour = 3600, Day = 86400;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AlertRule> All { get; } =
    [
        Above("CriticalVulnerabilitiesFound", Measures.CriticalVulnerabilities, Critical, 0, 0, 5, AlertUnit.Count,
            "Critical vulnerabilities in {name}: {value}") with { IsInPrometheus = true },
        Above("FindingsOverdue", Measures.Overdue, Warning, 0, 0, 0, AlertUnit.Count, "Findings of {name} are overdue: {value}"),
        Above("SecurityScanStale", Measures.ScanAge, Warning, 36 * Hour, 30 * Hour, 10, AlertUnit.Seconds,
            "{detail} has not looked at {name} for {value}") with { IsInPrometheus = true },
        Below("DORAScoreDropped", Measures.DoraScore, Warning, 3, 3.05, 60, AlertUnit.Score,
            "The DORA score of {name} is {value}, below 3 (High)") with { IsInPrometheus = true },
        Below("CISuccessRateLow", Measures.CiSuccess, Warning, 0.7, 0.72, 60, AlertUnit.Share,
            "Only {value} of the builds of {name} passed in 30 days") with { IsInPrometheus = true },
        Below("RepositoryHealthCritical", Measures.Health, Critical, 50, 52, 60, AlertUnit.Score,
            "The health of {name} is {value} of 100") with { IsInPrometheus = true, ToldBy = "health.critical" },
        Below("RepositoryHealthLow", Measures.Health, Warning, 70, 72, 60, AlertUnit.Score,
            "The health of {name} is {value} of 100") with { Beyond = 50, ToldBy = "health.changed" },
        Below("RepositoryHealthBelowGoal", Measures.Health, Info, 90, 91, 24 * 60, AlertUnit.Score,
            "The health of {name} is {value} of 100, below 90") with { Beyond = 70, ToldBy = "health.changed" },
        Above("RadicleNodeDown", Measures.NodeDown, Critical, 0, 0, 5, AlertUnit.Count,
            "The Radicle node {name} is down, or does not report") with { IsInPrometheus = true },
        Above("NodeMemoryHigh", Measures.Memory, Warning, 0.9, 0.85, 15, AlertUnit.Share, "{value} of the memory of {name} is used"),
        Above("NodeCpuHigh", Measures.Cpu, Warning, 0.9, 0.8, 30, AlertUnit.Share, "The processors of {name} are busy: {value}"),
        Above("NodeDiskSpaceLow", Measures.Disk, Warning, 0.8, 0.78, 15, AlertUnit.Share, "The disk '{detail}' of {name} is {value} full")
            with { IsInPrometheus = true, Beyond = 0.9 },
        Above("NodeDiskFull", Measures.Disk, Critical, 0.9, 0.88, 5, AlertUnit.Share, "The disk '{detail}' of {name} is {value} full"),
        Below("MeshKeyExpires", Measures.MeshKey, Warning, 7 * Day, (7 * Day) + Hour, 10, AlertUnit.Seconds,
            "The mesh key of {name} ends in {value}") with { IsInPrometheus = true },
        Above("PrivateRepositoryExposed", Measures.Exposed, Critical, 0, 0, 0, AlertUnit.Count,
            "The private repository {name} is not as private as it should be")
            with { IsInPrometheus = true, ToldBy = "repository.exposed" },
        Above("MergesWithoutPass", Measures.UncheckedMerges, Warning, 0, 0, 0, AlertUnit.Count,
            "Patches of {name} merged without a pass in seven days: {value}") with { ToldBy = "patch.merged_without_pass" },
        Above("SchedulesMissed", Measures.MissedSlots, Warning, 0, 0, 0, AlertUnit.Count,
            "Times of schedules of {name} missed in a day: {value}") with { ToldBy = "schedule.missed" },
        Above("QueueStuck", Measures.QueueAge, Warning, Hour / 2, Hour / 6, 0, AlertUnit.Seconds,
            "A build of {name} has waited for {value} and nothing of it began"),
        Above("PromiseAtRisk", Measures.PromiseBudget, Warning, 0.75, 0.7, 10, AlertUnit.Share,
            "The promise '{name}' is at risk: {value} of its room for misses in 30 days is used") with { IsInPrometheus = true },
        Above("BackupStale", Measures.BackupAge, Warning, 2 * Day, 1.5 * Day, 10, AlertUnit.Seconds,
            "The newest backup of {name} is {value} old"),
        Above("MirrorStale", Measures.MirrorAge, Warning, 14 * Day, 13 * Day, 10, AlertUnit.Seconds,
            "The mirror {name} could not ask its upstream{detail} for {value}"),
    ];

    private static AlertRule Above(
        string name, string measure, string severity, double raise, double clear, double minutes, AlertUnit unit, string text)
        => new(name, measure, severity, IsBelow: false, raise, clear, TimeSpan.FromMinutes(minutes), unit, text);

    private static AlertRule Below(
        string name, string measure, string severity, double raise, double clear, double minutes, AlertUnit unit, string text)
        => new(name, measure, severity, IsBelow: true, raise, clear, TimeSpan.FromMinutes(minutes), unit, text);
}
