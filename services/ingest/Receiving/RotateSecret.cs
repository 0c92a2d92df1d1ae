using Auxo.Contracts;
using Auxo.Ingest.Recording;
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
        Rid rid, IDocumentStore store, KnownRepositories known, WebhookSecrets secrets, TimeProvider time, CancellationToken ct)
    {
        if (await known.FindAsync(rid, ct) is not { Repository.IsTracked: true }) throw new NotTrackedException(rid.Value);
        var secret = WebhookSecrets.Generate();
        await using var session = store.TracedSession();
        session.QueueSqlCommand(WebhookSecrets.Write(rid, secret, time.GetUtcNow()));
        await session.SaveChangesAsync(ct);
        secrets.Remember(rid, secret);
        return TypedResults.Ok(new SecretAnswer(secret));
    }
}
