using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.ServiceDefaults.Access;

using JasperFx.Events;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary>
/// <c>POST</c> and <c>DELETE /repositories/{rid}/trusted/{did}</c>: whose own steps run besides the delegates'. It holds for
/// what is pushed from then on; who is taken from the list is a stranger, too, where something older of his is run again.
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
        Rid rid, Did did, IMessageBus bus, RepositoryAnswers answers, Observer observer, CancellationToken ct)
        => ChangeAsync(new ChangeTrust(rid, did, IsTrusted: true), bus, answers, observer, ct);

    private static Task<Ok<RepositoryAnswer>> RevokeAsync(
        Rid rid, Did did, IMessageBus bus, RepositoryAnswers answers, Observer observer, CancellationToken ct)
        => ChangeAsync(new ChangeTrust(rid, did, IsTrusted: false), bus, answers, observer, ct);

    private static async Task<Ok<RepositoryAnswer>> ChangeAsync(
        ChangeTrust command, IMessageBus bus, RepositoryAnswers answers, Observer observer, CancellationToken ct)
    {
        var repository = (await bus.InvokeAsync<ChangedTrust>(command, ct)).Repository ?? throw new NotTrackedException(command.Rid.Value);
        observer.Find(command.Rid)?.Forget();
        return TypedResults.Ok(await answers.OfAsync(repository, ct));
    }
}

/// <summary>Somebody's own steps shall run, or shall run no longer.</summary>
/// <param name="Rid">In which repository.</param>
/// <param name="Did">Whose.</param>
/// <param name="IsTrusted">Whether they run.</param>
public sealed record ChangeTrust(Rid Rid, Did Did, bool IsTrusted);

/// <summary>It is so now.</summary>
/// <param name="Repository">As it is now; null when it is not tracked.</param>
public sealed record ChangedTrust(Repository? Repository);

/// <summary>Decides what changes; when another one changed it at the same moment, the bus lets it decide again.</summary>
public static class ChangeTrustHandler
{
    /// <summary>The repository's stream.</summary>
    public static Task<IEventStream<Repository>> LoadAsync(ChangeTrust command, IDocumentSession session, CancellationToken ct)
        => session.Events.FetchForWriting<Repository>(Repository.StreamKey(command.Rid), ct);

    /// <summary>Records it and says so to the pipeline, unless it is so already; a delegate is trusted beside the list, too.</summary>
    public static (ChangedTrust, TrustChanged?) Handle(ChangeTrust command, IEventStream<Repository> stream, DateTimeOffset now)
    {
        if (stream.Aggregate is not { IsTracked: true } repository) return (new ChangedTrust(null), null);
        if (repository.Trusted.Contains(command.Did) == command.IsTrusted) return (new ChangedTrust(repository), null);
        RepositoryEvent change = command.IsTrusted
            ? new RepositoryEvent.TrustGranted(command.Did, now)
            : new RepositoryEvent.TrustRevoked(command.Did, now);
        stream.AppendOne(change);
        var changed = repository.Apply(change);
        return (new ChangedTrust(changed), changed.TrustChangesSince(repository, now).SingleOrDefault());
    }
}
