using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning;

/// <summary>Tells of a patch's new revision.</summary>
public static class OnPatchRevisedHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <inheritdoc cref="OnPatchOpenedHandler.Handle"/>
    public static (PlannedNotification, RememberNames, DeliveriesPlanned?) Handle(
        PatchRevised message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(PatchNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        var names = RememberNames.Of(message.Rid, message.RepositoryName, message.Revision.PatchId, message.Revision.Title);
        return (planned, names, planned.Wake);
    }
}
