using System.Globalization;

namespace Auxo.Metrics.Reporting;

/// <summary>Facts in, a report out.</summary>
public static class WriteReport
{
    /// <summary>Writes one; null when there is nothing to say: a day on which all is well, and an instance without repositories.</summary>
    public static ReportDocument? Of(ReportKind kind, DateOnly day, ReportFacts facts)
    {
        if (facts is { Health.Count: 0, Mesh.Nodes.Count: 0, Alerts.Count: 0 }) return null;
        IReadOnlyList<ReportSection> sections = kind switch
        {
            ReportKind.Daily => HealthSections.OfWhatIsNotWell(facts),
            ReportKind.Weekly => HealthSections.OfAll(facts),
            ReportKind.Security => [SecuritySections.Open(facts, onlyUrgent: false), SecuritySections.Unlooked(facts),
                SecuritySections.Accepted(facts)],
            ReportKind.Audit => [SecuritySections.Lost(facts, NextAudit(day)), SecuritySections.Open(facts, onlyUrgent: false),
                SecuritySections.Accepted(facts), SecuritySections.Unlooked(facts)],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var urgent = HealthSections.OfWhatIsNotWell(facts).Count > 0;
        return sections.Count == 0 ? null : new ReportDocument(kind, Title(kind, day, facts), day, facts.Now, urgent, sections);
    }

    private static string Title(ReportKind kind, DateOnly day, ReportFacts facts)
    {
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return kind switch
        {
            ReportKind.Daily => $"{date}: what is not well",
            ReportKind.Weekly => $"{date}: health of {Count(facts.Health.Count)}",
            ReportKind.Security => $"{date}: security of {Count(facts.Security.Count)}",
            ReportKind.Audit => $"{day.ToString("yyyy-MM", CultureInfo.InvariantCulture)}: audit of {Count(facts.Health.Count)}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static DateOnly NextAudit(DateOnly day) => new DateOnly(day.Year, day.Month, 1).AddMonths(1);

    private static string Count(int n) => n == 1 ? "1 repository" : $"{n.ToString(CultureInfo.InvariantCulture)} repositories";
}
