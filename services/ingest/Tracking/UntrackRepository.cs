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
        Rid rid, Outbox outbox, WebhookSecrets secrets, Observer observer, TimeProvider time, CancellationToken ct)
    {
        await LostRace.RetryAsync(() => UntrackAsync(rid, outbox, time.GetUtcNow(), ct));
        secrets.Forget(rid);
        observer.Unwatch(rid);
        return TypedResults.NoContent();
    }

    private static async Task UntrackAsync(Rid rid, Outbox outbox, DateTimeOffset now, CancellationToken ct)
    {
        await using var work = outbox.Open();
        var stream = await work.Session.Events.FetchForWriting<Repository>(Repository.StreamKey(rid), ct);
        if (stream.Aggregate is not { IsTracked: true }) throw new NotTrackedException(rid.Value);
        stream.AppendOne(new RepositoryEvent.Untracked("asked for", now));
        await work.PublishAsync(new RepositoryUntracked(rid, "asked for", now));
        work.Session.QueueSqlCommand(WebhookSecrets.Remove(rid));
        await work.SaveChangesAsync(ct);
    }
}
