using Auxo.Contracts;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Visibility;
using Auxo.ServiceDefaults.Access;

using JasperFx.Events;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary>
/// <c>DELETE /repositories/{rid}</c>: follows it no longer. What was stored stays; tracking it again starts from what stands
/// there then. It is public no longer.
/// </summary>
public static class UntrackRepository
{
    /// <summary>Maps the route.</summary>
    public static void MapUntrackRepository(this IEndpointRouteBuilder app)
        => app.MapDelete("/repositories/{rid}", HandleAsync).WithName("UntrackRepository").RequireScope(IngestScopes.Write);

    private static async Task<NoContent> HandleAsync(
        Rid rid, IMessageBus bus, WebhookSecrets secrets, Observer observer, PublicRepositories repositories, CancellationToken ct)
    {
        // First: once it is not followed, nothing looks any more whether it has become private.
        await repositories.CloseAsync(rid, ct);
        var end = await bus.InvokeAsync<TrackingEnd>(new EndTracking(rid), ct);
        if (!end.WasTracked) throw new NotTrackedException(rid.Value);
        secrets.Forget(rid);
        observer.Unwatch(rid);
        return TypedResults.NoContent();
    }
}

/// <summary>A repository shall be followed no longer.</summary>
/// <param name="Rid">Which one.</param>
public sealed record EndTracking(Rid Rid);

/// <summary>It is not followed now.</summary>
/// <param name="WasTracked">It was until now.</param>
public sealed record TrackingEnd(bool WasTracked);

/// <summary>Decides on the end; when another one changed the repository at the same moment, the bus lets it decide again.</summary>
public static class EndTrackingHandler
{
    private const string Reason = "asked for";

    /// <summary>The repository's stream.</summary>
    public static Task<IEventStream<Repository>> LoadAsync(EndTracking command, IDocumentSession session, CancellationToken ct)
        => session.Events.FetchForWriting<Repository>(Repository.StreamKey(command.Rid), ct);

    /// <summary>Records it, says so to the others, and removes the webhook secret.</summary>
    public static (TrackingEnd, RepositoryUntracked?, RemoveSecret?) Handle(
        EndTracking command, IEventStream<Repository> stream, DateTimeOffset now)
    {
        if (stream.Aggregate is not { IsTracked: true }) return (new TrackingEnd(WasTracked: false), null, null);
        stream.AppendOne(new RepositoryEvent.Untracked(Reason, now));
        return (new TrackingEnd(WasTracked: true), new RepositoryUntracked(command.Rid, Reason, now), new RemoveSecret(command.Rid));
    }
}

/// <summary>Removes a repository's webhook secret.</summary>
/// <param name="Rid">Of which repository.</param>
public sealed record RemoveSecret(Rid Rid) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session) => session.QueueSqlCommand(WebhookSecrets.Remove(Rid));
}
