using System.Globalization;

using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>What is sent about severe findings of a default branch.</summary>
public static class SecurityNotification
{
    private const int MostNamed = 5;

    /// <summary>There are new ones.</summary>
    public static Notification Of(SevereFindingsFound m, Guid id)
    {
        var worst = m.Findings.Any(static finding => finding.Severity == Severity.Critical) ? Level.Critical : Level.Warning;
        var many = m.Count == 1 ? "a new severe finding" : string.Create(CultureInfo.InvariantCulture, $"{m.Count} new severe findings");
        var lines = m.Findings.Take(MostNamed).Select(static finding => Notification.Line(
            $"{Words.Of(finding.Severity)}: {finding.Message} ({finding.Check}, {finding.Rule}){Place(finding)}")).ToList();
        if (m.Count > lines.Count)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"and {m.Count - lines.Count} more: auxo ci findings"));
        if (m.Owners.Count > 0)
            lines.Add(Notification.Line("owners: " + string.Join(", ", m.Owners.Select(static owner => owner.Owner))));
        return new Notification(
            id, NotificationTypes.SecurityFound, worst, Notification.Line($"{m.RepositoryName}: {many}"),
            Notification.Lines(string.Join('\n', lines)), m.At,
            new RepositoryFacts(m.Rid.Value, Notification.Line(m.RepositoryName, 100)), m.LogUrl,
            Owners: m.Owners.Count == 0 ? null : [.. m.Owners.Select(static owner => Notification.Line(owner.Owner, 100))],
            Security: new SecurityFacts(
                m.Count, m.Findings.Count(static f => f.Severity == Severity.Critical), m.Findings.Count(static f
                    => f.Severity == Severity.High)));
    }

    private static string Place(Finding finding) => finding switch
    {
        { Path: null } => "",
        { Line: { } line } => string.Create(CultureInfo.InvariantCulture, $" in {finding.Path}:{line}"),
        _ => $" in {finding.Path}",
    };
}
