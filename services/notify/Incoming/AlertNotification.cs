using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Incoming;

/// <summary>What is sent about an alert.</summary>
public static class AlertNotification
{
    private const int MaxShown = 30;

    /// <summary>The notification of one alert.</summary>
    public static Notification Of(AlertSender sender, IncomingAlert alert, string? externalUrl, DateTimeOffset now)
    {
        var (labels, notes) = (alert.Labels, alert.Annotations);
        var cleared = alert.Status == "resolved";
        var name = Notification.Line(labels.GetValueOrDefault("alertname") ?? "an alert without a name", 100);
        var level = LevelOf(labels.GetValueOrDefault("severity"));
        var repository = labels.GetValueOrDefault("repo");
        var shown = labels.Where(static l => l.Key is not ("alertname" or "severity")).OrderBy(static l => l.Key, StringComparer.Ordinal)
            .Take(MaxShown).Concat(alert.Values.OrderBy(static v => v.Key, StringComparer.Ordinal).Take(MaxShown))
            .Select(static l => $"{Notification.Line(l.Key, 60)}={Notification.Line(l.Value)}");
        var at = cleared && alert.EndsAt.Year > 1 ? alert.EndsAt : alert.StartsAt;
        if (at.Year == 1 || at > now) at = now;
        return new Notification(
            Id(sender, alert), cleared ? NotificationTypes.AlertCleared : NotificationTypes.AlertRaised, cleared ? Level.Info : level,
            Notification.Line($"{(cleared ? "cleared" : "alert")}: {name}: {notes.GetValueOrDefault("summary")}".TrimEnd(':', ' ')),
            Notification.Lines(string.Join('\n',
                new[] { notes.GetValueOrDefault("description"), string.Join(", ", shown) }.Where(static t => !string.IsNullOrEmpty(t)))),
            at,
            repository is null ? null : new RepositoryFacts(Notification.Line(repository, 128), Notification.Line(repository, 100)),
            alert.Urls.Append(externalUrl).Select(Address).FirstOrDefault(static url => url is not null),
            Alert: new AlertFacts(
                name, Cut(labels), alert.StartsAt, cleared ? at : null, alert.Values.Count == 0 ? null : Cut(alert.Values)));
    }

    /// <summary>How much a severity matters, as the rules of Prometheus write it; one that nobody knows is a warning.</summary>
    public static Level LevelOf(string? severity) => severity?.ToLowerInvariant() switch
    {
        "critical" or "page" => Level.Critical,
        "info" or "none" => Level.Info,
        _ => Level.Warning,
    };

    /// <summary>
    /// Follows from what the sender calls the alert, its begin and its state. A sender that gives no fingerprint has named it by
    /// its labels, in whatever order; without labels there is only what it says.
    /// </summary>
    private static Guid Id(AlertSender sender, IncomingAlert alert)
    {
        var name = alert.Fingerprint
            ?? (alert.Labels.Count > 0
                ? $"labels\n{Sorted(alert.Labels)}"
                : $"words\n{Sorted(alert.Annotations)}\n{string.Join('\n', alert.Urls)}");
        return DeliveryId.OfNotification(
            sender == AlertSender.Grafana ? "grafana" : "alertmanager", $"{name}\n{alert.StartsAt.UtcTicks}\n{alert.Status}");
    }

    /// <summary>With lengths, so that no two sets of labels read alike.</summary>
    private static string Sorted(IReadOnlyDictionary<string, string> map)
        => string.Concat(map.OrderBy(static p => p.Key, StringComparer.Ordinal)
            .Select(static p => string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{p.Key.Length}:{p.Key}{p.Value.Length}:{p.Value}")));

    /// <summary>Names that differ only behind the cut, or in characters that cannot be shown, stand once.</summary>
    private static Dictionary<string, string> Cut(IReadOnlyDictionary<string, string> map)
        => map.Select(static l => (Name: Notification.Line(l.Key, 60), Value: Notification.Line(l.Value)))
            .DistinctBy(static l => l.Name, StringComparer.Ordinal).Take(MaxShown)
            .ToDictionary(static l => l.Name, static l => l.Value, StringComparer.Ordinal);

    private static string? Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" ? Notification.Line(uri!.AbsoluteUri, 2048) : null;
}
