using System.Text.Json.Serialization;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Defaults;

/// <summary>What the usual routes need to know.</summary>
/// <param name="Mail">A channel that reaches whoever minds this Auxo, usually by mail.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DefaultsRequest(string? Mail);

/// <summary>
/// <c>PUT /routes</c>: sets up the routes that most want. Those of other names stay, and those of these names are what they were made to be
/// again.
/// </summary>
public static class SetUpDefaults
{
    /// <summary>Maps the route.</summary>
    public static void MapDefaults(this IEndpointRouteBuilder app)
        => app.MapPut("/routes", HandleAsync).WithName("SetUpDefaultRoutes").RequireScope(NotifyScopes.Write);

    /// <summary>
    /// New severe findings to the owners and by mail; broke and fixed to the author; what is critical by mail; all else to the digests of
    /// who wants one.
    /// </summary>
    public static IReadOnlyList<(string Name, RouteRequest Route)> Of(string mail) =>
    [
        ("default-critical", new RouteRequest(MinLevel: Level.Critical, Channels: [mail])),
        ("default-findings", new RouteRequest(On: [NotificationTypes.SecurityFound], Channels: [mail], People: [Reader.Owners])),
        ("default-rest", new RouteRequest(People: [Reader.Everyone], Digest: true)),
        ("default-review", new RouteRequest(On: [NotificationTypes.ReviewWanted], People: [Reader.Owners])),
        ("default-turns", new RouteRequest(On: ["build.*"], People: [Reader.Author], Changes: ["broke", "fixed"])),
    ];

    private static async Task<Ok<ListAnswer<RouteAnswer>>> HandleAsync(
        DefaultsRequest request, HttpContext http, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        var mail = request.Mail ?? throw new InvalidRouteException("'mail' names the channel that reaches whoever minds this Auxo.");
        await using var session = store.TracedSession();
        var channels = (await session.QueryAsync<Channels.Channel>("where (data->>'exists')::boolean", ct))
            .Select(static c => c.Name).ToHashSet(StringComparer.Ordinal);
        var answers = new List<RouteAnswer>();
        foreach (var (name, route) in Of(mail))
        {
            var stream = await session.Events.FetchForWriting<Route>(Route.StreamKey(name), ct);
            var configured = ConfigureRoute.Decide(name, route, channels, new HashSet<string>(), http.Caller(), time.GetUtcNow());
            stream.AppendOne(configured);
            answers.Add(RouteAnswer.Of(new Route().Apply(configured)));
        }

        await session.SaveChangesAsync(ct);
        return TypedResults.Ok(new ListAnswer<RouteAnswer>(answers, null));
    }
}
