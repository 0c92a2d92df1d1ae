using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning.Privacy;

/// <summary>Tells that nobody sees anything wrong with a private repository any more.</summary>
public static class OnPrivacyRestoredHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        PrivacyRestored message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            PrivacyNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
