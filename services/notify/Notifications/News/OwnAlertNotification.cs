using Auxo.Contracts;
using Auxo.Notify.Incoming;

namespace Auxo.Notify.Notifications.News;

/// <summary>What is sent about an alert that Auxo itself raised; routes cannot tell it from one of Alertmanager's.</summary>
public static class OwnAlertNotification
{
    /// <summary>It began.</summary>
    public static Notification Of(AlertRaised m, Guid id)
        => Raised(id, m.Rule, m.Severity, m.Summary, m.Description, m.RunbookUrl, Repository(m.Rid, m.RepositoryName), m.At);

    /// <summary>One that began, or that is tried out.</summary>
    internal static Notification Raised(
        Guid id, string name, string severity, string summary, string? description, string? runbookUrl, RepositoryFacts? repository,
        DateTimeOffset at)
    {
        var (rule, runbook) = (Notification.Line(name, 100), Address(runbookUrl));
        return new Notification(
            id, NotificationTypes.AlertRaised, AlertNotification.LevelOf(severity),
            Notification.Line($"alert: {rule}: {summary}".TrimEnd(':', ' ')),
            Notification.Lines(string.Join('\n',
                new[] { description, runbook is null ? Notification.Line(runbookUrl, 300) : null }
                    .Where(static line => !string.IsNullOrEmpty(line)))),
            at, repository, runbook, Alert: new AlertFacts(rule, Labels(("severity", severity), ("rule", name)), at, null));
    }

    /// <summary>It is over.</summary>
    public static Notification Of(AlertCleared m, Guid id)
        => new(
            id, NotificationTypes.AlertCleared, Level.Info,
            Notification.Line($"cleared: {Notification.Line(m.Rule, 100)}: {m.Summary}".TrimEnd(':', ' ')), "", m.At,
            Repository(m.Rid, m.RepositoryName),
            Alert: new AlertFacts(Notification.Line(m.Rule, 100), Labels(("rule", m.Rule)), default, m.At));

    private static Dictionary<string, string> Labels(params (string Name, string Value)[] labels)
        => labels.ToDictionary(static l => l.Name, static l => Notification.Line(l.Value, 100), StringComparer.Ordinal);

    internal static RepositoryFacts? Repository(Rid? rid, string? name)
        => rid is { } repository
            ? new RepositoryFacts(repository.Value, string.IsNullOrEmpty(name) ? repository.Value : Notification.Line(name, 100))
            : null;

    private static string? Address(string? url)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? Notification.Line(uri.AbsoluteUri,
            2048) : null;
}
