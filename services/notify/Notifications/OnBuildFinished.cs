using Auxo.Contracts;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Notifications;

/// <summary>Tells of a build's end.</summary>
public static class OnBuildFinishedHandler
{
    /// <summary>The routes as they are.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <summary>Plans the deliveries in the transaction that handles the message.</summary>
    public static void Handle(
        BuildFinished message, RoutingTable table, Envelope envelope, IDocumentSession session, DeliveryWorker worker, DateTimeOffset now)
        => PlanDeliveries.Plan(session, worker, BuildNotification.Of(message, NotificationId.Of(message)), table,
            envelope.CorrelationId, now);
}
