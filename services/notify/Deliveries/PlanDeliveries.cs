using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Deliveries;

/// <summary>Puts what was decided into the transaction of whoever decided.</summary>
public static class PlanDeliveries
{
    /// <summary>
    /// Stores the notification and its deliveries with the next save, and wakes the sender after the commit. Nothing is kept of
    /// what nobody hears.
    /// </summary>
    public static IReadOnlyList<PlannedDelivery> Plan(
        IDocumentSession session, DeliveryWorker worker, Notification notification, RoutingTable table,
        string? correlationId, DateTimeOffset now)
    {
        var planned = Routing.Route(notification, table);
        if (planned.Count == 0) return planned;
        foreach (var command in DeliveryTable.Insert(notification, planned, correlationId, now)) session.QueueSqlCommand(command);
        session.AfterCommit(worker.Wake);
        return planned;
    }
}
