using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Visibility;

/// <summary>
/// <c>PUT</c> and <c>DELETE /repositories/{rid}/public</c>: everybody may read its builds, logs, patches and numbers, without a token.
/// It is refused for a repository that Radicle keeps private, and ends by itself when one becomes private.
/// </summary>
public static class PublishRepository
{
    /// <summary>Maps the routes.</summary>
    public static void MapPublishRepository(this IEndpointRouteBuilder app)
    {
        app.MapPut("/repositories/{rid}/public", OpenAsync).WithName("PublishRepository").RequireScope(AccessToken.Admin);
        app.MapDelete("/repositories/{rid}/public", CloseAsync).WithName("UnpublishRepository").RequireScope(AccessToken.Admin);
    }

    private static async Task<Ok<RepositoryAnswer>> OpenAsync(
        Rid rid, HttpContext http, KnownRepositories known, PublicRepositories repositories, RepositoryAnswers answers,
        Observer observer, TimeProvider time, CancellationToken ct)
    {
        var repository = await TrackedAsync(known, rid, ct) ?? throw new NotTrackedException(rid.Value);
        var watch = observer.Find(rid) ?? throw new CannotPublishException(
            "repository/not-read", $"{repository.Name} has not been read yet. Try again in a moment.");
        // What its identity says now, not what it said at the last look.
        await watch.ScanAsync(DetectedBy.Sweep, ct);
        if (watch.Failure is { } failure) throw new CannotPublishException(
            "repository/not-read", $"Whether Radicle keeps {repository.Name} private cannot be read: {failure}");
        if (watch.IsPrivate) throw new CannotPublishException(
            "repository/private",
            $"Radicle keeps {repository.Name} private: only its delegates and those they allow may read it, and its builds show what "
                + "is in it. 'rad publish' makes the repository itself public.");
        await repositories.OpenAsync(rid, http.Caller(), time.GetUtcNow(), ct);
        return TypedResults.Ok(await answers.OfAsync(repository, ct));
    }

    private static async Task<Results<Ok<RepositoryAnswer>, NoContent>> CloseAsync(
        Rid rid, KnownRepositories known, PublicRepositories repositories, RepositoryAnswers answers, CancellationToken ct)
    {
        // Also one that is no longer followed: its builds are still there.
        await repositories.CloseAsync(rid, ct);
        return await TrackedAsync(known, rid, ct) is { } repository
            ? TypedResults.Ok(await answers.OfAsync(repository, ct))
            : TypedResults.NoContent();
    }

    private static async Task<Repository?> TrackedAsync(KnownRepositories known, Rid rid, CancellationToken ct)
        => await known.FindAsync(rid, ct) is { Repository: { IsTracked: true } repository } ? repository : null;
}

/// <summary>Not everybody may read it.</summary>
public sealed class CannotPublishException(string type, string detail) : AuxoException(type, 409, detail);
