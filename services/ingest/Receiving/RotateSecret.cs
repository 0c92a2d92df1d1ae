using Auxo.Contracts;
using Auxo.Ingest.Tracking;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Receiving;

/// <summary>The new secret; it is not shown again.</summary>
public sealed record SecretAnswer(string Secret);

/// <summary><c>POST /repositories/{rid}/secret</c>: a new webhook secret. The old one is worth nothing from then on.</summary>
public static class RotateSecret
{
    /// <summary>Maps the route.</summary>
    public static void MapRotateSecret(this IEndpointRouteBuilder app)
        => app.MapPost("/repositories/{rid}/secret", HandleAsync).WithName("RotateSecret").RequireScope(IngestScopes.Write);

    private static async Task<Ok<SecretAnswer>> HandleAsync(
        Rid rid, IDocumentStore store, WebhookSecrets secrets, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        if (await session.LoadAsync<Repository>(Repository.StreamKey(rid), ct) is not { IsTracked: true })
            throw new NotTrackedException(rid.Value);
        var secret = WebhookSecrets.Generate();
        session.QueueSqlCommand(WebhookSecrets.Write(rid, secret, time.GetUtcNow()));
        await session.SaveChangesAsync(ct);
        secrets.Remember(rid, secret);
        return TypedResults.Ok(new SecretAnswer(secret));
    }
}
