using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>What is sent about a private repository that is not as private as it should be.</summary>
public static class PrivacyNotification
{
    /// <summary>A node saw it.</summary>
    public static Notification Of(PrivacyViolated m, Guid id)
        => new(
            id, NotificationTypes.Exposed, NotificationTypes.UsualLevel(NotificationTypes.Exposed),
            Notification.Line($"{Name(m.RepositoryName, m.Rid)}: not private any more"),
            Notification.Lines(
                $"{Notification.Line(m.Text, 500)}\nseen by {Notification.Line(m.Node, 60)}; what to do, on that node: auxo node health"),
            m.At, new RepositoryFacts(m.Rid.Value, Name(m.RepositoryName, m.Rid)));

    /// <summary>It is over.</summary>
    public static Notification Of(PrivacyRestored m, Guid id)
        => new(
            id, NotificationTypes.PrivateAgain, NotificationTypes.UsualLevel(NotificationTypes.PrivateAgain),
            Notification.Line($"{Name(m.RepositoryName, m.Rid)}: as private as it should be again"),
            "what was read stays read: change every secret in it", m.At,
            new RepositoryFacts(m.Rid.Value, Name(m.RepositoryName, m.Rid)));

    private static string Name(string name, Rid rid) => name.Length == 0 ? rid.Value : Notification.Line(name, 100);
}
