using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning;

/// <summary>Tells that a schedule was not built when it should have been.</summary>
public static class OnScheduleMissedHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        ScheduleMissed message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            ScheduleNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
