using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning.Security;

/// <summary>Tells that a default branch has new severe findings.</summary>
public static class OnSevereFindingsFoundHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        SevereFindingsFound message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            SecurityNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
