using System.Globalization;

using Auxo.Metrics.Health;
using Auxo.Metrics.Security;

namespace Auxo.Metrics.Reporting;

/// <summary>The parts of reports about findings.</summary>
internal static class SecuritySections
{
    private static readonly TimeSpan Old = TimeSpan.FromDays(8);

    /// <summary>What is open, by repository.</summary>
    public static ReportSection Open(ReportFacts facts, bool onlyUrgent) => ReportSection.Table(
        "Security", "Nothing is open.", ["Repository", "Score", "Critical", "High", "Medium", "Low", "Overdue", "A week ago"],
        facts.Security.Where(s => s.OpenOfSecurity() > 0
                && (!onlyUrgent || Open(s, Severity.Critical) > 0 || s.OverdueOfSecurity() > 0))
            .OrderBy(static s => s.Score ?? 101).ThenBy(static s => s.Name, StringComparer.Ordinal).Select(s => (IReadOnlyList<string>)
            [
                s.Name, s.Score is { } score ? N(score) : "–", N(Open(s, Severity.Critical)), N(Open(s, Severity.High)),
                N(Open(s, Severity.Medium)), N(Open(s, Severity.Low)), N(s.OverdueOfSecurity()),
                facts.SecurityBefore.FirstOrDefault(b => b.Id == s.Id) is { } before ? N(before.OpenOfSecurity()) : "–",
            ]));

    /// <summary>What nobody has looked at lately.</summary>
    public static ReportSection Unlooked(ReportFacts facts) => ReportSection.Table(
        "Not looked at", "Every check has looked within eight days, or with the newest commit.", ["Repository", "Check", "Last look"],
        from s in facts.Security
        from look in s.Checks
        where look.IsOff || look.IsScanned && facts.Now - look.At > Old
        orderby s.Name, look.Check
        select (IReadOnlyList<string>)[s.Name, look.Check, look.IsOff ? "switched off" : HealthSections.Time(look.At)]);

    /// <summary>What somebody has accepted, or says is none.</summary>
    public static ReportSection Accepted(ReportFacts facts) => ReportSection.Table(
        "Accepted", "Nothing is accepted.", ["Repository", "Check", "Severity", "Accepted", "False alarms"],
        from s in facts.Security
        from count in s.Counts
        where count.Accepted + count.FalseAlarms > 0
        orderby s.Name, count.Check, count.Severity descending
        select (IReadOnlyList<string>)
            [s.Name, count.Check, count.Severity.ToString().ToLowerInvariant(), N(count.Accepted), N(count.FalseAlarms)]);

    /// <summary>Every lost point of every repository.</summary>
    public static ReportSection Lost(ReportFacts facts, DateOnly next) => ReportSection.Table(
        "Lost points", "No point is lost of what is known.", ["Repository", "Points", "What", "What wins it back", "Due"],
        from health in facts.Health
        from check in health.Checks
        where check.Lost > 0
        orderby health.Name, check.Lost descending
        select (IReadOnlyList<string>)
        [
            health.Name ?? health.Rid.Value, check.Lost.ToString("0.#", CultureInfo.InvariantCulture), check.Says, check.Fix ?? "",
            Due(check, facts, next),
        ]);

    /// <summary>What costs most is due within a week; everything before the next audit.</summary>
    private static string Due(CheckScore check, ReportFacts facts, DateOnly next)
    {
        var week = DateOnly.FromDateTime(facts.Now.UtcDateTime).AddDays(7);
        return (check.Lost >= 5 && week < next ? week : next).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static int Open(SecurityFacts facts, Severity severity) => facts.Open(severity, SecurityFacts.SecurityChecks);

    private static string N(int n) => n.ToString(CultureInfo.InvariantCulture);
}
