using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Reading;

/// <summary><c>GET /builds/{id}</c>: one build with findings, artifacts and its verdict.</summary>
public static class GetBuild
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}", HandleAsync).WithName("GetBuild").RequireScope("pipeline:read");

    private static async Task<Results<Ok<BuildDetails>, ProblemHttpResult>> HandleAsync(
        Guid id, IDocumentStore store, Links links, RepositoryFolders folders, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Build>(Build.StreamKey(id), ct) is { } build
            ? TypedResults.Ok(BuildDetails.Of(build, links, folders))
            : BuildProblems.NotFound(id);
    }
}
