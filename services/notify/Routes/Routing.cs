using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Routes;

/// <summary>All routes and channels as they are.</summary>
/// <param name="Routes">In the order in which they are looked at.</param>
/// <param name="Channels">By name.</param>
public sealed record RoutingTable(IReadOnlyList<Route> Routes, IReadOnlyDictionary<string, Channel> Channels)
{
    /// <summary>Reads them; both are small.</summary>
    public static async Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct)
    {
        var routes = await session.QueryAsync<Route>("where (data->>'exists')::boolean order by id", ct);
        var channels = routes.Count == 0 ? [] : await session.QueryAsync<Channel>("where (data->>'exists')::boolean", ct);
        return new RoutingTable(routes, channels.ToDictionary(static c => c.Name, StringComparer.Ordinal));
    }
}

/// <summary>A delivery that is to be made.</summary>
/// <param name="Id">Its webhook-id.</param>
/// <param name="Route">The route that wants it; null for a test.</param>
/// <param name="Channel">Who is to hear it.</param>
/// <param name="Refusal">Why it cannot even be tried; it is kept all the same, and can be replayed.</param>
public sealed record PlannedDelivery(string Id, string? Route, string Channel, string? Refusal);

/// <summary>The decision which channels get a notification.</summary>
public static class Routing
{
    /// <summary>
    /// One delivery per channel: a channel that several routes name hears a notification once, by the first of them. The same
    /// notification and the same table give the same deliveries with the same ids, so deciding twice sends nothing twice.
    /// </summary>
    public static IReadOnlyList<PlannedDelivery> Route(Notification notification, RoutingTable table)
    {
        var planned = new List<PlannedDelivery>();
        var channels = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in table.Routes.Where(r => r.Silence(notification) is null))
        {
            foreach (var channel in route.Channels.Where(channels.Add))
                planned.Add(new PlannedDelivery(DeliveryId.For(notification.Id, route.Name, channel), route.Name,
                    channel, Refusal(table.Channels.GetValueOrDefault(channel))));
        }

        return planned;
    }

    private static string? Refusal(Channel? channel) => channel switch
    {
        null => "there is no such channel any more",
        { DisabledReason: { } reason } => $"the channel is disabled: {reason}",
        _ => null,
    };
}
