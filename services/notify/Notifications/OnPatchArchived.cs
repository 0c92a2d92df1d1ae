using Auxo.Contracts;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Routes;

using Npgsql;

namespace Auxo.Notify.Notifications;

/// <summary>Tells of a patch that was closed without a merge.</summary>
public static class OnPatchArchivedHandler
{
    /// <inheritdoc cref="OnPatchMergedHandler.LoadAsync"/>
    public static async Task<(RoutingTable Table, KnownNames Names)> LoadAsync(
        PatchArchived message, IQuerySession session, NpgsqlDataSource source, CancellationToken ct)
        => (await RoutingTable.LoadAsync(session, ct), await KnownNames.ReadAsync(source, message.Rid, message.PatchId, ct));

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static void Handle(PatchArchived message, RoutingTable table, KnownNames names, Envelope envelope,
        IDocumentSession session, DeliveryWorker worker, DateTimeOffset now)
        => PlanDeliveries.Plan(session, worker, PatchNotification.Of(message, NotificationId.Of(message), names),
            table, envelope.CorrelationId, now);
}
