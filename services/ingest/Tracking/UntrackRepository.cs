using Auxo.Contracts;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Scanning;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary>
/// <c>DELETE /repositories/{rid}</c>: follows it no longer. What was stored stays; tracking it again starts from what stands
/// there then.
/// </summary>
public static class UntrackRepository
{
    /// <summary>Maps the route.</summary>
    public static void MapUntrackRepository(this IEndpointRouteBuilder app)
        => app.MapDelete("/repositories/{rid}", HandleAsync).WithName("UntrackRepository").RequireScope(IngestScopes.Write);

    private static async Task<NoContent> HandleAsync(
        Rid rid, IDocumentStore store, IMessageBus bus, WebhookSecrets secrets, Observer observer, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        var stream = await session.Events.FetchForWriting<Repository>(Repository.StreamKey(rid), ct);
        if (stream.Aggregate is not { IsTracked: true }) throw new NotTrackedException(rid.Value);
        var now = time.GetUtcNow();
        stream.AppendOne(new RepositoryEvent.Untracked("asked for", now));
        bus.Publish(session, new RepositoryUntracked(rid, "asked for", now), stream.Key);
        session.QueueSqlCommand(WebhookSecrets.Remove(rid));
        await session.SaveChangesAsync(ct);
        secrets.Forget(rid);
        observer.Unwatch(rid);
        return TypedResults.NoContent();
    }
}
