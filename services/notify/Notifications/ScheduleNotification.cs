using System.Globalization;

using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>What is sent about a schedule.</summary>
public static class ScheduleNotification
{
    /// <summary>It was not built when it should have been.</summary>
    public static Notification Of(ScheduleMissed m, Guid id)
    {
        var often = m.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {m.Count} times");
        return new Notification(
            id, NotificationTypes.ScheduleMissed, NotificationTypes.UsualLevel(NotificationTypes.ScheduleMissed),
            Notification.Line($"{m.RepositoryName}: schedule {m.Schedule} was missed{often}"),
            Notification.Lines(string.Create(
                CultureInfo.InvariantCulture,
                $"{Notification.Line(m.Reason)}: {m.Slot.UtcDateTime:yyyy-MM-dd HH:mm} UTC\nauxo schedule list")),
            m.At, new RepositoryFacts(m.Rid.Value, Notification.Line(m.RepositoryName, 100)));
    }
}
