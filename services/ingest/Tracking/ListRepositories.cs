using System.Security.Claims;

using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary><c>GET /repositories</c>: what is followed, by name; <c>GET /repositories/{rid}</c>: one of them.</summary>
public static class ListRepositories
{
    /// <summary>Maps the routes.</summary>
    public static void MapListRepositories(this IEndpointRouteBuilder app)
    {
        app.MapGet("/repositories", HandleAsync).WithName("ListRepositories").RequireScope(IngestScopes.Read);
        app.MapGet("/repositories/{rid}", GetAsync).WithName("GetRepository").RequireScopeOrPublic(IngestScopes.Read);
    }

    private static async Task<Ok<ListAnswer<RepositoryAnswer>>> HandleAsync(
        KnownRepositories known, RepositoryAnswers answers, CancellationToken ct)
    {
        var found = new List<RepositoryAnswer>();
        foreach (var repository in await known.TrackedAsync(ct)) found.Add(await answers.OfAsync(repository, ct));
        return TypedResults.Ok(new ListAnswer<RepositoryAnswer>(found, null));
    }

    private static async Task<Ok<RepositoryAnswer>> GetAsync(
        Rid rid, ClaimsPrincipal user, KnownRepositories known, RepositoryAnswers answers, CancellationToken ct)
    {
        if (await known.FindAsync(rid, ct) is not { Repository: { IsTracked: true } repository }) throw new NotTrackedException(rid.Value);
        var answer = await answers.OfAsync(repository, ct);
        return TypedResults.Ok(user.HasScope(IngestScopes.Read) ? answer : answer.ForVisitors());
    }
}
