using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>What is sent about a failure of what is live.</summary>
public static class FailureNotification
{
    /// <summary>It was noticed.</summary>
    public static Notification Of(FailureDetected m, Guid id, KnownNames names)
        => new(
            id, "failure.detected", NotificationTypes.UsualLevel("failure.detected"), Notification.Line(
                $"{names.Repository ?? m.Rid.Value}: failure: {m.Title ?? m.FailureId}"),
            Notification.Lines($"failure {Notification.Line(m.FailureId, 128)}"
                + (m.DeploymentId is null ? "" : $", by deployment {Notification.Line(m.DeploymentId, 128)}")), m.At,
            new RepositoryFacts(m.Rid.Value, names.Repository ?? m.Rid.Value), Failure: new FailureFacts(
                Notification.Line(m.FailureId, 128), m.DeploymentId is null ? null : Notification.Line(m.DeploymentId, 128), m.StartedAt));

    /// <summary>It is over.</summary>
    public static Notification Of(FailureRecovered m, Guid id, KnownNames names)
        => new(
            id, "failure.recovered", Level.Info, Notification.Line($"{names.Repository ?? m.Rid.Value}: recovered: {m.FailureId}"),
            m.By is null ? "" : Notification.Line($"by {m.By}"), m.At, new RepositoryFacts(m.Rid.Value, names.Repository ?? m.Rid.Value),
            Failure: new FailureFacts(
                Notification.Line(m.FailureId, 128), RecoveredBy: m.By is null ? null : Notification.Line(m.By, 128)));
}
