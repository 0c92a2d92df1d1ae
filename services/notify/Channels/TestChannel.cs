using System.Security.Claims;

using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Planning;
using Auxo.Notify.Routes;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Channels;

/// <summary>
/// <c>POST /channels/{name}/test</c>: a real delivery by the real way; <c>GET /deliveries/{id}</c> then says how it went.
/// </summary>
public static class TestChannel
{
    /// <summary>Maps the route.</summary>
    public static void MapTestChannel(this IEndpointRouteBuilder app)
        => app.MapPost("/channels/{name}/test", HandleAsync).WithName("TestChannel").RequireScope(NotifyScopes.Write);

    private static async Task<Accepted<DeliveryAnswer>> HandleAsync(
        string name, ClaimsPrincipal user, IDocumentStore store, NpgsqlDataSource source, DeliveryWorker worker,
        TimeProvider time, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        if (await session.LoadAsync<Channel>(Channel.StreamKey(name),
            ct) is not { Exists: true } channel) throw new NoSuchChannelException(name);
        var now = time.GetUtcNow();
        var notification = new Notification(
            Guid.CreateVersion7(now), NotificationTypes.Test, Level.Info, $"Auxo: a test of the channel {name}",
            $"{Notification.Line(user.Identity?.Name, 60)} asked for it. If you read this, it works.", now);
        var planned = new PlannedDelivery(DeliveryId.For(notification.Id, route: null, name), Route: null, name,
            channel.DisabledReason is { } reason ? $"the channel is disabled: {reason}" : null);
        new PlannedNotification(notification, [planned], session.CorrelationId, now).Execute(session);
        await session.SaveChangesAsync(ct);
        worker.Wake();
        return TypedResults.Accepted($"/deliveries/{planned.Id}", (await ListDeliveries.FindAsync(source, planned.Id, ct))!);
    }
}
