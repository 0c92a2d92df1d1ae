using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Notifications.News;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning.Alerts;

/// <summary>Tells that an alert of Auxo's own is over.</summary>
public static class OnAlertClearedHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        AlertCleared message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            OwnAlertNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
