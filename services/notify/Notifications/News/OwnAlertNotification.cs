using Auxo.Contracts;
using Auxo.Notify.Incoming;

namespace Auxo.Notify.Notifications.News;

/// <summary>What is sent about an alert that Auxo itself raised; routes cannot tell it from one of Alertmanager's.</summary>
public static class OwnAlertNotification
{
    /// <summary>It began.</summary>
    public static Notification Of(AlertRaised m, Guid id)
    {
        var (rule, runbook) = (Notification.Line(m.Rule, 100), Address(m.RunbookUrl));
        return new Notification(
            id, NotificationTypes.AlertRaised, AlertNotification.LevelOf(m.Severity),
            Notification.Line($"alert: {rule}: {m.Summary}".TrimEnd(':', ' ')),
            Notification.Lines(string.Join('\n',
                new[] { m.Description, runbook is null ? Notification.Line(m.RunbookUrl, 300) : null }
                    .Where(static line => !string.IsNullOrEmpty(line)))),
            m.At, Repository(m.Rid, m.RepositoryName), runbook,
            Alert: new AlertFacts(rule, Labels(("severity", m.Severity), ("rule", m.Rule)), m.At, null));
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

    private static RepositoryFacts? Repository(Rid? rid, string? name)
        => rid is { } repository
            ? new RepositoryFacts(repository.Value, string.IsNullOrEmpty(name) ? repository.Value : Notification.Line(name, 100))
            : null;

    private static string? Address(string? url)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? Notification.Line(uri.AbsoluteUri, 2048) : null;
}
