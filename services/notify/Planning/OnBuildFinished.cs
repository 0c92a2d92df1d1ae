using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Planning;

/// <summary>Tells of a build's end.</summary>
public static class OnBuildFinishedHandler
{
    /// <summary>The routes, and the verdict before this one.</summary>
    public static async Task<(RoutingTable Table, BuildPast Past)> LoadAsync(
        BuildFinished message, IQuerySession session, CancellationToken ct)
        => (await RoutingTable.LoadAsync(session, ct), await BuildPast.LoadAsync(session, message.Subject, ct));

    /// <summary>Plans the deliveries in the transaction that handles the message; none for what was told before.</summary>
    public static (PlannedNotification?, Remember?, DeliveriesPlanned?) Handle(
        BuildFinished message, RoutingTable table, BuildPast past, Envelope envelope, DateTimeOffset now)
    {
        if (message.OldNews is true) return (null, null, null);
        var (change, next) = LastVerdict.After(past.Last, message, now);
        var planned = PlannedNotification.Of(
            BuildNotification.Of(message, NotificationId.Of(message), change, past.Owners), table, envelope.CorrelationId, now);
        return (planned, next is null ? null : new Remember(next), planned.Wake);
    }
}
