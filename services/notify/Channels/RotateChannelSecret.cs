using System.Security.Claims;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Channels;

/// <summary>The new secret, shown this once, and until when the old one signs beside it.</summary>
public sealed record ChannelSecret(string Secret, DateTimeOffset OldUntil);

/// <summary><c>POST /channels/{name}/secret</c>: a new secret; for a day both sign, so a receiver can change over at its leisure.</summary>
public static class RotateChannelSecret
{
    /// <summary>Maps the route.</summary>
    public static void MapRotateChannelSecret(this IEndpointRouteBuilder app)
        => app.MapPost("/channels/{name}/secret", HandleAsync).WithName("RotateChannelSecret").RequireScope(NotifyScopes.Write);

    private static async Task<Ok<ChannelSecret>> HandleAsync(
        string name, ClaimsPrincipal user, IDocumentStore store, NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Channel>(Channel.StreamKey(name), ct);
        if (stream.Aggregate is not { Exists: true }) throw new NoSuchChannelException(name);
        if (await ChannelSettings.ReadAsync(source, name, ct) is not { Webhook: { } webhook }) throw new InvalidChannelException(
            $"The channel '{name}' is no webhook; only webhooks sign.");
        var (now, secret) = (time.GetUtcNow(), WebhookSecret.Generate());
        var rotated = new ChannelSettings(webhook with { Secrets = ConfigureChannel.Rotate(webhook.Secrets, secret, now) });
        stream.AppendOne(new ChannelEvent.SecretRotated(now + ConfigureChannel.Overlap, user.Identity?.Name ?? "", now));
        session.QueueSqlCommand(rotated.Write(name, now));
        await session.SaveChangesAsync(ct);
        return TypedResults.Ok(new ChannelSecret(secret, now + ConfigureChannel.Overlap));
    }
}
