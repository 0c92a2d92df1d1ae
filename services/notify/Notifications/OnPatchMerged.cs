using Auxo.Contracts;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Routes;

using Npgsql;

namespace Auxo.Notify.Notifications;

/// <summary>Tells of a merge.</summary>
public static class OnPatchMergedHandler
{
    /// <summary>The routes, and what the patch is called.</summary>
    public static async Task<(RoutingTable Table, KnownNames Names)> LoadAsync(
        PatchMerged message, IQuerySession session, NpgsqlDataSource source, CancellationToken ct)
        => (await RoutingTable.LoadAsync(session, ct), await KnownNames.ReadAsync(source, message.Rid, message.PatchId, ct));

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static void Handle(PatchMerged message, RoutingTable table, KnownNames names, Envelope envelope,
        IDocumentSession session, DeliveryWorker worker, DateTimeOffset now)
        => PlanDeliveries.Plan(session, worker, PatchNotification.Of(message, NotificationId.Of(message), names),
            table, envelope.CorrelationId, now);
}
