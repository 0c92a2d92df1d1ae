using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Readers;

/// <summary>A reader, and how she hears of things.</summary>
public sealed record ReaderAnswer(
    string Name, IReadOnlyList<string> Dids, IReadOnlyList<string> Handles, IReadOnlyList<string> Emails, IReadOnlyList<string> Offered,
    IReadOnlyList<string> Channels, Level MinLevel, bool Own, IReadOnlyList<string> Quiet, string Zone, DigestRhythm Digest,
    string DigestAt, IReadOnlyList<string> Mute, DateTimeOffset ConfiguredAt)
{
    /// <summary>What is shown of a reader.</summary>
    public static ReaderAnswer Of(Reader reader)
    {
        var wishes = reader.Preferences;
        return new ReaderAnswer(
            reader.Name, reader.Dids, reader.Handles, reader.Emails, reader.Offered, wishes.Channels, wishes.MinLevel, wishes.Own,
            wishes.Quiet, wishes.Zone, wishes.Digest,
            wishes.DigestAt.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture), wishes.Mute, reader.ConfiguredAt);
    }
}

/// <summary>
/// <c>GET /readers</c>, and <c>GET</c>, <c>PUT</c> and <c>DELETE /readers/{name}</c>, where <c>self</c> is whose token it is. Everybody may
/// see and set her own; those of others need the scopes of notifications.
/// </summary>
public static class ConfigureReader
{
    /// <summary>In an address: whose token it is.</summary>
    public const string Self = "self";

    /// <summary>Maps the routes.</summary>
    public static void MapReaders(this IEndpointRouteBuilder app)
    {
        app.MapGet("/readers", ListAsync).WithName("ListReaders").RequireScope(NotifyScopes.Read);
        app.MapGet("/readers/{name}", GetAsync).WithName("GetReader").RequireAnyToken();
        app.MapPut("/readers/{name}", PutAsync).WithName("ConfigureReader").RequireAnyToken();
        app.MapDelete("/readers/{name}", DeleteAsync).WithName("RemoveReader").RequireScope(NotifyScopes.Write);
    }

    private static async Task<Ok<ListAnswer<ReaderAnswer>>> ListAsync(IDocumentStore store, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return TypedResults.Ok(new ListAnswer<ReaderAnswer>(
            [.. (await session.QueryAsync<Reader>("where (data->>'exists')::boolean order by id", ct)).Select(ReaderAnswer.Of)], null));
    }

    private static async Task<Ok<ReaderAnswer>> GetAsync(
        string name, HttpContext http, IDocumentStore store, CancellationToken ct)
    {
        name = Named(http, name, NotifyScopes.Read);
        await using var session = store.QuerySession();
        return await session.LoadAsync<Reader>(Reader.StreamKey(name), ct) is { Exists: true } reader
            ? TypedResults.Ok(ReaderAnswer.Of(reader))
            : throw new NoSuchReaderException(name);
    }

    private static async Task<Results<Created<ReaderAnswer>, Ok<ReaderAnswer>>> PutAsync(
        string name, ReaderRequest request, HttpContext http, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        name = Named(http, name, NotifyScopes.Write);
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Reader>(Reader.StreamKey(name), ct);
        var channels = await session.QueryAsync<Channels.Channel>("where (data->>'exists')::boolean", ct);
        var configured = request.Decide(
            name, stream.Aggregate, channels.Select(static c => c.Name).ToHashSet(StringComparer.Ordinal),
            http.User.HasScope(NotifyScopes.Write), http.Caller(), time.GetUtcNow());
        stream.AppendOne(configured);
        await session.SaveChangesAsync(ct);
        var answer = ReaderAnswer.Of(new Reader().Apply(configured));
        return stream.Aggregate is { Exists: true } ? TypedResults.Ok(answer) : TypedResults.Created($"/readers/{name}", answer);
    }

    private static async Task<NoContent> DeleteAsync(
        string name, HttpContext http, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Reader>(Reader.StreamKey(name), ct);
        if (stream.Aggregate is not { Exists: true }) throw new NoSuchReaderException(name);
        var routes = (await session.QueryAsync<Route>("where (data->>'exists')::boolean order by id", ct))
            .Where(r => r.People.Contains(name, StringComparer.Ordinal)).Select(static r => r.Name).ToList();
        if (routes.Count > 0) throw new ReaderInUseException(name, routes);
        stream.AppendOne(new ReaderEvent.Removed(http.Caller(), time.GetUtcNow()));
        session.QueueSqlCommand(HeldTable.Forget(name));
        await session.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }

    /// <summary>Whose it is: her own, or anybody's for who has the scope.</summary>
    private static string Named(HttpContext http, string name, string scope)
    {
        var own = http.User.Person();
        if (name == Self) return own ?? throw new NobodyIsSelfException();
        if (name == own || http.User.HasScope(scope)) return name;
        Scopes.NameMissing(http, scope);
        throw new NotYourReaderException(
            $"These are the preferences of '{Notification.Line(name, 60)}'; to see or set those of others, a token needs {scope}.");
    }
}
