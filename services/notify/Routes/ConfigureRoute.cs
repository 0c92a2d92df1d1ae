using System.Security.Claims;
using System.Text.Json.Serialization;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.Notify.Readers;
using Auxo.Notify.Verdicts;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Routes;

/// <summary>What a route shall be; it is replaced as a whole.</summary>
/// <param name="On">Patterns of types; left out, everything.</param>
/// <param name="Repositories">Patterns of ids or names; left out, all.</param>
/// <param name="MinLevel"><c>info</c> by default.</param>
/// <param name="Channels">The channels that get it; at least one, or somebody of <paramref name="People"/>.</param>
/// <param name="Branches">Patterns of branches; left out, whatever was built.</param>
/// <param name="Authors">Patterns of keys or of the names of people; left out, whoever did it.</param>
/// <param name="Owners">Patterns of whose the changed files are; left out, anybody's.</param>
/// <param name="Changes"><c>broke</c>, <c>fixed</c>, <c>still_failing</c>; left out, all builds.</param>
/// <param name="Hours">Such as <c>mon-fri 08:00-18:00 Europe/Berlin</c>; without a zone UTC; left out, always.</param>
/// <param name="Last">True when no route after it is asked where it speaks.</param>
/// <param name="People">
/// People that get it, each in her own way: names of readers, <c>author</c>, <c>owners</c>, <c>everyone</c>.
/// </param>
/// <param name="Digest">True when people get it in their digests only.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RouteRequest(IReadOnlyList<string>? On = null, IReadOnlyList<string>? Repositories = null,
    Level? MinLevel = null, IReadOnlyList<string>? Channels = null, IReadOnlyList<string>? Branches = null,
    IReadOnlyList<string>? Authors = null, IReadOnlyList<string>? Owners = null, IReadOnlyList<string>? Changes = null,
    IReadOnlyList<string>? Hours = null, bool? Last = null, IReadOnlyList<string>? People = null, bool? Digest = null);

/// <summary>A route.</summary>
public sealed record RouteAnswer(
    string Name, IReadOnlyList<string> On, IReadOnlyList<string> Repositories, Level MinLevel,
    IReadOnlyList<string> Channels, DateTimeOffset ConfiguredAt, IReadOnlyList<string> Branches, IReadOnlyList<string> Authors,
    IReadOnlyList<string> Owners, IReadOnlyList<Transition> Changes, IReadOnlyList<string> Hours, bool Last,
        IReadOnlyList<string> People, bool Digest)
{
    /// <summary>What is shown of a route.</summary>
    public static RouteAnswer Of(Route route)
        => new(
            route.Name, route.On, route.Repositories, route.MinLevel, route.Channels, route.ConfiguredAt, route.When.Branches,
            route.When.Authors, route.When.Owners, route.When.Changes, route.When.Hours, route.IsLast,
            route.People, route.IsForDigest);
}

/// <summary>422: a route cannot be like that.</summary>
public sealed class InvalidRouteException(string detail) : AuxoException("route/invalid", 422, detail);

/// <summary>404: there is no such route.</summary>
public sealed class NoSuchRouteException(string name)
    : AuxoException("route/not-found", 404, $"There is no route '{name}'. 'auxo notify routes' shows what there is.");

/// <summary><c>PUT /routes/{name}</c>, <c>GET /routes</c>, <c>GET /routes/{name}</c> and <c>DELETE /routes/{name}</c>.</summary>
public static class ConfigureRoute
{
    private const int MaxEntries = 100;

    /// <summary>Maps the routes.</summary>
    public static void MapRoutes(this IEndpointRouteBuilder app)
    {
        app.MapPut("/routes/{name}", PutAsync).WithName("ConfigureRoute").RequireScope(NotifyScopes.Write);
        app.MapGet("/routes", ListAsync).WithName("ListRoutes").RequireScope(NotifyScopes.Read);
        app.MapGet("/routes/{name}", GetAsync).WithName("GetRoute").RequireScope(NotifyScopes.Read);
        app.MapDelete("/routes/{name}", DeleteAsync).WithName("RemoveRoute").RequireScope(NotifyScopes.Write);
    }

    /// <summary>The event that a request comes to.</summary>
    /// <exception cref="InvalidRouteException">It cannot be like that.</exception>
    public static RouteEvent.Configured Decide(
        string name, RouteRequest request, IReadOnlySet<string> channels, IReadOnlySet<string> readers, string by, DateTimeOffset now)
    {
        if (!Names.IsName(name)) throw new InvalidRouteException($"'{name}' is no name of a route: {Names.Rule}");
        var (on, repositories) = (request.On is { Count: > 0 } ? request.On : ["*"], request.Repositories ?? []);
        var (to, people) = (request.Channels ?? [], request.People ?? []);
        if (on.Count > MaxEntries || repositories.Count > MaxEntries || to.Count > MaxEntries || people.Count > MaxEntries
            || to.Count + people.Count == 0)
            throw new InvalidRouteException(
                $"'channels' or 'people' names at least one who gets it, and no list has more than {MaxEntries} entries.");
        if (request.Digest is true && to.Count > 0)
            throw new InvalidRouteException("A digest is for people: a route for digests names no channels.");
        if (people.Select(static p => p ?? "").FirstOrDefault(p => p is not (Reader.Author or Reader.Owners or Reader.Everyone)
            && !readers.Contains(p)) is { } nobody)
            throw new InvalidRouteException(
                $"Nobody is known as '{Notification.Line(nobody, 60)}'. There are {Reader.Author}, {Reader.Owners} and {Reader.Everyone}, "
                    + "and whom 'auxo notify people' shows.");
        foreach (var pattern in on.Select(static p => p ?? ""))
        {
            if (!NotificationTypes.All.Any(t => Pattern.Matches(pattern, t)) && !Pattern.Matches(pattern, NotificationTypes.ReceivedPrefix)
                && !pattern.StartsWith(NotificationTypes.ReceivedPrefix, StringComparison.Ordinal))
                throw new InvalidRouteException(
                    $"Nothing is ever called '{pattern}'. There are: {string.Join(", ", NotificationTypes.All)}, and "
                        + $"{NotificationTypes.ReceivedPrefix}* for what other programs send.");
        }

        if (repositories.Select(static r => r ?? "").FirstOrDefault(static r => r.Length is 0 or > 200 || r.Any(char.IsControl)) is { } odd)
            throw new InvalidRouteException($"'{odd}' is neither a repository's id nor its name nor a pattern of these.");
        if (to.Select(static c => c ?? "").FirstOrDefault(c => !channels.Contains(c)) is { } unknown)
            throw new InvalidRouteException($"There is no channel '{unknown}'. 'auxo notify channels' shows what there is.");
        return new RouteEvent.Configured(
            name, [.. on.Distinct(StringComparer.Ordinal)], [.. repositories.Distinct(StringComparer.Ordinal)],
            request.MinLevel ?? Level.Info, [.. to.Distinct(StringComparer.Ordinal)], by, now, ConditionsReader.Read(request),
            request.Last ?? false, [.. people.Distinct(StringComparer.Ordinal)], request.Digest ?? false);
    }

    private static async Task<Results<Created<RouteAnswer>, Ok<RouteAnswer>>> PutAsync(
        string name, RouteRequest request, ClaimsPrincipal user, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Route>(Route.StreamKey(name), ct);
        var channels = await session.QueryAsync<Channel>("where (data->>'exists')::boolean", ct);
        var readers = await session.QueryAsync<Reader>("where (data->>'exists')::boolean", ct);
        var configured = Decide(name, request, channels.Select(static c => c.Name)
            .ToHashSet(StringComparer.Ordinal), readers.Select(static r => r.Name).ToHashSet(StringComparer.Ordinal),
                user.Identity?.Name ?? "", time.GetUtcNow());
        stream.AppendOne(configured);
        await session.SaveChangesAsync(ct);
        var answer = RouteAnswer.Of(new Route().Apply(configured));
        return stream.Aggregate is { Exists: true } ? TypedResults.Ok(answer) : TypedResults.Created($"/routes/{name}", answer);
    }

    private static async Task<Ok<ListAnswer<RouteAnswer>>> ListAsync(IDocumentStore store, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return TypedResults.Ok(new ListAnswer<RouteAnswer>(
            [.. (await session.QueryAsync<Route>("where (data->>'exists')::boolean order by id", ct)).Select(RouteAnswer.Of)], null));
    }

    private static async Task<Ok<RouteAnswer>> GetAsync(string name, IDocumentStore store, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Route>(Route.StreamKey(name), ct) is { Exists: true } route
            ? TypedResults.Ok(RouteAnswer.Of(route))
            : throw new NoSuchRouteException(name);
    }

    private static async Task<NoContent> DeleteAsync(
        string name, ClaimsPrincipal user, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Route>(Route.StreamKey(name), ct);
        if (stream.Aggregate is not { Exists: true }) throw new NoSuchRouteException(name);
        stream.AppendOne(new RouteEvent.Removed(user.Identity?.Name ?? "", time.GetUtcNow()));
        await session.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
