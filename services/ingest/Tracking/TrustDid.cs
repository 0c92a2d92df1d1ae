using Auxo.Contracts;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Scanning;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary>
/// <c>POST</c> and <c>DELETE /repositories/{rid}/trusted/{did}</c>: whose own steps run besides the delegates'. It holds for
/// what is pushed from then on.
/// </summary>
public static class TrustDid
{
    /// <summary>Maps the routes.</summary>
    public static void MapTrustDid(this IEndpointRouteBuilder app)
    {
        app.MapPost("/repositories/{rid}/trusted/{did}", GrantAsync).WithName("GrantTrust").RequireScope(IngestScopes.Write);
        app.MapDelete("/repositories/{rid}/trusted/{did}", RevokeAsync).WithName("RevokeTrust").RequireScope(IngestScopes.Write);
    }

    private static Task<Ok<RepositoryAnswer>> GrantAsync(
        Rid rid, Did did, IDocumentStore store, WebhookSecrets secrets, HookAddress address, Observer observer,
        TimeProvider time, CancellationToken ct)
        => ChangeAsync(
            rid, r => r.Trusted.Contains(did) ? null : new RepositoryEvent.TrustGranted(did, time.GetUtcNow()),
            store, secrets, address, observer, ct);

    private static Task<Ok<RepositoryAnswer>> RevokeAsync(
        Rid rid, Did did, IDocumentStore store, WebhookSecrets secrets, HookAddress address, Observer observer,
        TimeProvider time, CancellationToken ct)
        => ChangeAsync(
            rid, r => r.Trusted.Contains(did) ? new RepositoryEvent.TrustRevoked(did, time.GetUtcNow()) : null,
            store, secrets, address, observer, ct);

    private static async Task<Ok<RepositoryAnswer>> ChangeAsync(
        Rid rid, Func<Repository, RepositoryEvent?> decide, IDocumentStore store, WebhookSecrets secrets,
        HookAddress address, Observer observer, CancellationToken ct)
    {
        var repository = await LostRace.RetryAsync(() => ChangeAsync(rid, decide, store, ct));
        observer.Find(rid)?.Forget();
        return TypedResults.Ok(RepositoryAnswer.Of(repository, secrets, address));
    }

    private static async Task<Repository> ChangeAsync(
        Rid rid, Func<Repository, RepositoryEvent?> decide, IDocumentStore store, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Repository>(Repository.StreamKey(rid), ct);
        if (stream.Aggregate is not { IsTracked: true } repository) throw new NotTrackedException(rid.Value);
        if (decide(repository) is not { } change) return repository;
        stream.AppendOne(change);
        await session.SaveChangesAsync(ct);
        return repository.Apply(change);
    }
}
