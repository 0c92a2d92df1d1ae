using Auxo.Contracts;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Notifications;

/// <summary>Tells of a new patch.</summary>
public static class OnPatchOpenedHandler
{
    /// <inheritdoc cref="OnBuildFinishedHandler.LoadAsync"/>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <summary>Plans the deliveries, and remembers what the patch is called.</summary>
    public static void Handle(
        PatchOpened message, RoutingTable table, Envelope envelope, IDocumentSession session, DeliveryWorker worker, DateTimeOffset now)
    {
        session.QueueSqlCommand(KnownNames.Remember(message.Rid, message.RepositoryName, message.Revision.PatchId, message.Revision.Title));
        PlanDeliveries.Plan(session, worker, PatchNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
    }
}
