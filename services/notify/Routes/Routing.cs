using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Routes;

/// <summary>All routes and channels as they are.</summary>
/// <param name="Routes">In the order in which they are looked at.</param>
/// <param name="Channels">By name.</param>
public sealed record RoutingTable(IReadOnlyList<Route> Routes, IReadOnlyDictionary<string, Channel> Channels)
{
    /// <summary>What the conditions of routes ask about.</summary>
    public Circumstances Of(Notification n, DateTimeOffset now)
        => new(
            n.Patch is null ? n.Build?.Ref : null, n.Author is { } author ? [author] : [], n.Owners ?? [], n.Build?.Change, now);

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

/// <summary>What a route says of a notification.</summary>
/// <param name="Route">The route.</param>
/// <param name="Silence">Why it is silent; null when it speaks.</param>
/// <param name="Reason">Why it speaks; null when it is silent.</param>
public sealed record RouteAsked(Route Route, string? Silence, string? Reason);

/// <summary>The decision which channels get a notification.</summary>
public static class Routing
{
    /// <summary>
    /// All routes, in the order of their names, and for each why it speaks or is silent. One that is the last and speaks silences those
    /// after it.
    /// </summary>
    public static IEnumerable<RouteAsked> Ask(Notification notification, RoutingTable table, DateTimeOffset now)
    {
        var circumstances = table.Of(notification, now);
        string? last = null;
        foreach (var route in table.Routes)
        {
            var silence = last is null ? route.Silence(notification, circumstances) : $"{last} speaks of it, and is the last";
            yield return new RouteAsked(route, silence, silence is null ? route.Reason(notification, circumstances) : null);
            if (silence is null && route.IsLast) last = route.Name;
        }
    }

    /// <summary>
    /// One delivery per channel: a channel that several routes name hears a notification once, by the first of them. The same
    /// notification and the same table give the same deliveries with the same ids, so deciding twice sends nothing twice.
    /// </summary>
    public static IReadOnlyList<PlannedDelivery> Route(Notification notification, RoutingTable table, DateTimeOffset now)
    {
        var planned = new List<PlannedDelivery>();
        var channels = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in Ask(notification, table, now).Where(static a => a.Silence is null).Select(static a => a.Route))
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
