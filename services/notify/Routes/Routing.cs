using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;

namespace Auxo.Notify.Routes;

/// <summary>All routes and channels as they are.</summary>
/// <param name="Routes">In the order in which they are looked at.</param>
/// <param name="Channels">By name.</param>
public sealed record RoutingTable(IReadOnlyList<Route> Routes, IReadOnlyDictionary<string, Channel> Channels)
{
    /// <summary>Who reads notifications, in the order of their names.</summary>
    public IReadOnlyList<Reader> Readers { get; init; } = [];

    /// <summary>Whose digest of today was made; asked for only where that matters.</summary>
    public IReadOnlySet<string> DigestsMade { get; init; } = new HashSet<string>();

    /// <summary>Whether her digest of today is still to come, or is just being waited for.</summary>
    public bool DigestIsAhead(Reader reader, DateTimeOffset now)
        => !DigestsMade.Contains(reader.Name) && now <= Digests.DigestSlot.Of(reader, now).At + Digests.DigestSlot.Grace;

    /// <summary>What the conditions of routes ask about.</summary>
    public Circumstances Of(Notification n, DateTimeOffset now)
        => new(
            n.Patch is null ? n.Build?.Ref : null, n.Author is { } author
                ? [author, .. Readers.Where(r => r.IsMeant(Reader.Author, n)).SelectMany(static r => r.Handles.Prepend(r.Name))]
                : [],
            n.Owners ?? [], n.Build?.Change, now);

    /// <summary>Reads them; both are small.</summary>
    public static async Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct)
    {
        var routes = await session.QueryAsync<Route>("where (data->>'exists')::boolean order by id", ct);
        var channels = routes.Count == 0 ? [] : await session.QueryAsync<Channel>("where (data->>'exists')::boolean", ct);
        var readers = routes.Count == 0 ? [] : await session.QueryAsync<Reader>("where (data->>'exists')::boolean order by id", ct);
        return new RoutingTable(routes, channels.ToDictionary(static c => c.Name, StringComparer.Ordinal)) { Readers = readers };
    }
}

/// <summary>A delivery that is to be made.</summary>
/// <param name="Id">Its webhook-id.</param>
/// <param name="Route">The route that wants it; null for a test.</param>
/// <param name="Channel">Who is to hear it.</param>
/// <param name="Refusal">Why it cannot even be tried; it is kept all the same, and can be replayed.</param>
/// <param name="Reader">Whom it is for; null where the route names the channel itself.</param>
/// <param name="Due">Not before; null for at once.</param>
/// <param name="Wait">What it waits for; null when it does not.</param>
public sealed record PlannedDelivery(
    string Id, string? Route, string Channel, string? Refusal, string? Reader = null, DateTimeOffset? Due = null, string? Wait = null);

/// <summary>What somebody's preferences make of a notification.</summary>
/// <param name="Reader">Who.</param>
/// <param name="Route">The route that wants to tell her.</param>
/// <param name="Telling">Whether and when she is told.</param>
public sealed record AskedReader(Reader Reader, string Route, Telling Telling);

/// <summary>What a notification comes to.</summary>
/// <param name="Deliveries">What is sent.</param>
/// <param name="Holds">What waits for digests.</param>
/// <param name="People">All people whom routes lead to, each once.</param>
public sealed record RoutingPlan(
    IReadOnlyList<PlannedDelivery> Deliveries, IReadOnlyList<Hold> Holds, IReadOnlyList<AskedReader> People);

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
        => Plan(notification, table, now).Deliveries;

    /// <summary>
    /// The same with people, whom routes lead to and who are told in their own way. Somebody whom one route wants to tell at once and
    /// another in her digest is told at once.
    /// </summary>
    public static RoutingPlan Plan(Notification notification, RoutingTable table, DateTimeOffset now)
    {
        var (planned, people) = (new List<PlannedDelivery>(), new List<AskedReader>());
        var channels = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in Ask(notification, table, now).Where(static a => a.Silence is null).Select(static a => a.Route))
        {
            foreach (var channel in route.Channels.Where(channels.Add))
                planned.Add(Delivery(notification, route, channel, table));
            foreach (var reader in table.Readers.Where(r => route.People.Any(p => r.IsMeant(p, notification))))
                people.Add(new AskedReader(
                    reader, route.Name,
                    Telling.Decide(reader, notification, route.IsForDigest, table.DigestIsAhead(reader, now), now)));
        }

        // By her best answer, and of equal ones by the first route's.
        var told = people.GroupBy(static a => a.Reader.Name, StringComparer.Ordinal).Select(static a => a.MinBy(static x
            => x.Telling.How)!).ToList();
        foreach (var (reader, name, telling) in told.Where(static a => a.Telling.How <= TellingKind.AfterQuietHours))
        {
            var route = table.Routes.First(r => r.Name == name);
            foreach (var channel in reader.Preferences.Channels.Where(channels.Add))
                planned.Add(Delivery(notification, route, channel, table) with { Reader = reader.Name, Due = telling.At,
                    Wait = telling.Why });
        }

        return new RoutingPlan(
            planned, [.. told.Where(static a => a.Telling.How == TellingKind.InDigest)
                .Select(static a => new Hold(a.Reader.Name, a.Route, a.Telling.Why!))], told);
    }

    private static PlannedDelivery Delivery(Notification notification, Route route, string channel, RoutingTable table)
        => new(
            DeliveryId.For(notification.Id, route.Name, channel), route.Name, channel,
            Refusal(table.Channels.GetValueOrDefault(channel)));

    /// <summary>Why a channel cannot be reached; null when it can.</summary>
    internal static string? Refusal(Channel? channel) => channel switch
    {
        null => "there is no such channel any more",
        { DisabledReason: { } reason } => $"the channel is disabled: {reason}",
        _ => null,
    };
}
