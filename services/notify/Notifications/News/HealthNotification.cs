using System.Globalization;

using Auxo.Contracts;

namespace Auxo.Notify.Notifications.News;

/// <summary>What is sent about the health of a repository.</summary>
public static class HealthNotification
{
    private const int MaxFixes = 5;

    /// <summary>
    /// It moved. A fall into the worst band is critical, another fall into a worse one a warning; within a band, and upwards, it is only
    /// good to know.
    /// </summary>
    public static Notification Of(HealthChanged m, Guid id)
    {
        var (band, before) = (Notification.Line(m.Band, 40), Notification.Line(m.BandBefore, 40));
        var isNewBand = !band.Equals(before, StringComparison.OrdinalIgnoreCase);
        var fell = m.Score < m.Before;
        var isCritical = fell && isNewBand && band.Equals("critical", StringComparison.OrdinalIgnoreCase);
        var name = m.RepositoryName.Length == 0 ? m.Rid.Value : Notification.Line(m.RepositoryName, 100);
        return new Notification(
            id, isCritical ? NotificationTypes.HealthCritical : NotificationTypes.HealthChanged,
            isCritical ? Level.Critical : fell && isNewBand ? Level.Warning : Level.Info,
            Notification.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: health {(fell ? "fell" : "rose")} from {m.Before} to {m.Score} ({(isNewBand ? $"{before} to {band}" : band)})")),
            Notification.Lines(string.Join('\n', m.TopFixes.Take(MaxFixes).Select(static fix => Notification.Line(fix, 300)))),
            m.At, new RepositoryFacts(m.Rid.Value, name), Health: new HealthFacts(m.Score, m.Before, band, before));
    }
}
