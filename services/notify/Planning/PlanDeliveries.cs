using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning;

/// <summary>There may be something to send. Stays in this process, and may be lost: the worker looks by itself every few seconds.</summary>
public sealed record DeliveriesPlanned;

/// <summary>Wakes the worker after the commit that planned a delivery.</summary>
public static class DeliveriesPlannedHandler
{
    /// <summary>Wakes it.</summary>
    public static void Handle(DeliveriesPlanned message, DeliveryWorker worker)
    {
        _ = message;
        worker.Wake();
    }
}

/// <summary>A notification and what the routes ask for: what a handler decides, stored with its transaction.</summary>
/// <param name="Notification">What is sent.</param>
/// <param name="Deliveries">By which route to which channel; when there is none, and nothing to hold, nothing is stored.</param>
/// <param name="CorrelationId">The trace id of what began it all.</param>
/// <param name="Now">When it was planned.</param>
public sealed record PlannedNotification(
    Notification Notification, IReadOnlyList<PlannedDelivery> Deliveries, string? CorrelationId, DateTimeOffset Now) : IMartenOp
{
    /// <summary>For whose digests it is kept.</summary>
    public IReadOnlyList<Hold> Holds { get; init; } = [];

    /// <summary>What a notification comes to.</summary>
    public static PlannedNotification Of(Notification notification, RoutingTable table, string? correlationId, DateTimeOffset now)
    {
        var plan = Routing.Plan(notification, table, now);
        return new PlannedNotification(notification, plan.Deliveries, correlationId, now) { Holds = plan.Holds };
    }

    /// <summary>What wakes the worker; nothing when there is nothing to send.</summary>
    public DeliveriesPlanned? Wake => Deliveries.Count == 0 ? null : new DeliveriesPlanned();

    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        if (Deliveries.Count + Holds.Count == 0) return;
        foreach (var command in DeliveryTable.Insert(Notification, Deliveries, CorrelationId, Now)) session.QueueSqlCommand(command);
        if (Holds.Count > 0) session.QueueSqlCommand(HeldTable.Insert(Notification.Id, Holds, Now));
    }
}
