using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning;

/// <summary>Tells of a patch that was closed without a merge.</summary>
public static class OnPatchArchivedHandler
{
    /// <inheritdoc cref="OnPatchMergedHandler.LoadAsync"/>
    public static async Task<(RoutingTable Table, KnownNames Names)> LoadAsync(
        PatchArchived message, IQuerySession session, CancellationToken ct)
        => (await RoutingTable.LoadAsync(session, ct), await KnownNames.ReadAsync(session, message.Rid, message.PatchId, ct));

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        PatchArchived message, RoutingTable table, KnownNames names, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            PatchNotification.Of(message, NotificationId.Of(message), names), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
