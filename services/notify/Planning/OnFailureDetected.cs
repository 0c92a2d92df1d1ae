using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning;

/// <summary>Tells that a failure of what is live was noticed.</summary>
public static class OnFailureDetectedHandler
{
    /// <summary>The routes, and what the repository is called.</summary>
    public static async Task<(RoutingTable Table, KnownNames Names)> LoadAsync(
        FailureDetected message, IQuerySession session, CancellationToken ct)
        => (await RoutingTable.LoadAsync(session, ct), await KnownNames.ReadAsync(session, message.Rid, patch: null, ct));

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        FailureDetected message, RoutingTable table, KnownNames names, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            FailureNotification.Of(message, NotificationId.Of(message), names), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
