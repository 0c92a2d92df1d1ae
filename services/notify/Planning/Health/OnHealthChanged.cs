using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Notifications.News;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning.Health;

/// <summary>Tells that the health of a repository moved.</summary>
public static class OnHealthChangedHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        HealthChanged message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            HealthNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
