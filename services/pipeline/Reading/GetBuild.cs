using System.Security.Claims;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Reading;

/// <summary><c>GET /builds/{id}</c>: one build with findings, artifacts and its verdict.</summary>
public static class GetBuild
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/builds/{id:guid}", HandleAsync).WithName("GetBuild")
            .RequireScopeOrPublic("pipeline:read", RepositoryOfBuild.FindAsync);

    private static async Task<Results<Ok<BuildDetails>, ProblemHttpResult>> HandleAsync(
        Guid id, ClaimsPrincipal user, IDocumentStore store, Links links, RepositoryFolders folders, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        if (await session.LoadAsync<Build>(Build.StreamKey(id), ct) is not { } build) return BuildProblems.NotFound(id);
        return TypedResults.Ok(user.HasScope("pipeline:read")
            ? BuildDetails.Of(build, links, folders)
            : BuildDetails.Of(build.ForVisitors(), links, folders) with { Source = build.Subject.Rid.Value });
    }
}
