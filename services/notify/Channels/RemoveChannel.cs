using System.Security.Claims;

using Auxo.Notify.Deliveries;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Notify.Channels;

/// <summary>
/// <c>DELETE /channels/{name}</c>: a channel that no route leads to any more. What still waits for it is given up, visibly.
/// </summary>
public static class RemoveChannel
{
    /// <summary>Maps the route.</summary>
    public static void MapRemoveChannel(this IEndpointRouteBuilder app)
        => app.MapDelete("/channels/{name}", HandleAsync).WithName("RemoveChannel").RequireScope(NotifyScopes.Write);

    private static async Task<NoContent> HandleAsync(
        string name, ClaimsPrincipal user, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Channel>(Channel.StreamKey(name), ct);
        if (stream.Aggregate is not { Exists: true }) throw new NoSuchChannelException(name);
        var users = (await session.QueryAsync<Route>("where (data->>'exists')::boolean order by id", ct))
            .Where(r => r.Channels.Contains(name, StringComparer.Ordinal)).Select(static r => r.Name).ToList();
        users.AddRange((await session.QueryAsync<Readers.Reader>("where (data->>'exists')::boolean order by id", ct))
            .Where(r => r.Preferences.Channels.Contains(name, StringComparer.Ordinal)).Select(static r => $"those for {r.Name}"));
        if (users.Count > 0) throw new ChannelInUseException(name, users);
        var now = time.GetUtcNow();
        stream.AppendOne(new ChannelEvent.Removed(user.Identity?.Name ?? "", now));
        session.QueueSqlCommand(ChannelSettings.Remove(name));
        session.QueueSqlCommand(Templates.TemplateTable.Remove(name));
        session.QueueSqlCommand(DeliveryTable.GiveUpAll(name, "the channel was removed", now));
        await session.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
