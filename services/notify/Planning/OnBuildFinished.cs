using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning;

/// <summary>Tells of a build's end.</summary>
public static class OnBuildFinishedHandler
{
    /// <summary>The routes as they are.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <summary>Plans the deliveries in the transaction that handles the message; none for what was told before.</summary>
    public static (PlannedNotification?, DeliveriesPlanned?) Handle(
        BuildFinished message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        if (message.OldNews is true) return (null, null);
        var planned = PlannedNotification.Of(
            BuildNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
