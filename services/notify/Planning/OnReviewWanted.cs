using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Planning;

/// <summary>Asks the owners of what a new patch changes to look at it.</summary>
public static class OnReviewWantedHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <summary>
    /// Plans the deliveries, and remembers whose the files are. The routes say which channels may hear of it at all; of these, one
    /// that the repository gives to somebody is
    /// left alone when that somebody is not asked.
    /// </summary>
    public static (PlannedNotification, Remember, DeliveriesPlanned?) Handle(
        ReviewWanted message, RoutingTable table, Envelope envelope, DateTimeOffset now)
    {
        var all = PlannedNotification.Of(
            PatchNotification.Of(message, NotificationId.Of(message)), table, envelope.CorrelationId, now);
        var planned = all with
        {
            Deliveries = [.. all.Deliveries.Where(d => !message.OtherChannels.Contains(d.Channel, StringComparer.Ordinal))],
        };
        var owners = new PatchOwners(
            PatchOwners.Key(message.Rid, message.PatchId), [.. message.Owners.Select(static o => Notification.Line(o.Owner, 100))]);
        return (planned, new Remember(Owners: owners), planned.Wake);
    }
}
