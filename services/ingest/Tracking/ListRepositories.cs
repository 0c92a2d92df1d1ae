using Auxo.Ingest.Recording;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary><c>GET /repositories</c>: what is followed, by name.</summary>
public static class ListRepositories
{
    /// <summary>Maps the route.</summary>
    public static void MapListRepositories(this IEndpointRouteBuilder app)
        => app.MapGet("/repositories", HandleAsync).WithName("ListRepositories").RequireScope(IngestScopes.Read);

    private static async Task<Ok<ListAnswer<RepositoryAnswer>>> HandleAsync(
        KnownRepositories known, RepositoryAnswers answers, CancellationToken ct)
        => TypedResults.Ok(new ListAnswer<RepositoryAnswer>(
            [.. (await known.TrackedAsync(ct)).Select(answers.Of)], null));
}
