using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning;

/// <summary>Tells that a patch was merged whose result had not passed.</summary>
public static class OnMergedWithoutPassHandler
{
    /// <summary>The routes, and what the patch is called.</summary>
    public static async Task<(RoutingTable Table, KnownNames Names)> LoadAsync(
        MergedWithoutPass message, IQuerySession session, CancellationToken ct)
        => (await RoutingTable.LoadAsync(session, ct), await KnownNames.ReadAsync(session, message.Rid, message.PatchId, ct));

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        MergedWithoutPass message, RoutingTable table, KnownNames names, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            PatchNotification.Of(message, NotificationId.Of(message), names), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
