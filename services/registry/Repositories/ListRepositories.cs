using Auxo.Registry.Files;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Repositories;

/// <summary>
/// <c>GET /repositories?after=&amp;limit=</c> and <c>GET /repositories/{name}</c>: the repositories and how full they are.
/// </summary>
public static class ListRepositories
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/repositories", ListAsync).WithName("ListRepositories").WithTags("Repositories").RequireScope(RegistryScopes.Read);
        routes.MapGet("/repositories/{name}", GetAsync)
            .WithName("GetRepository").WithTags("Repositories").RequireScopeFor(RegistryScopes.Read, "name");
    }

    private static async Task<Results<Ok<ListAnswer<RegistryRepository>>, ProblemHttpResult>> ListAsync(
        NpgsqlDataSource source, CancellationToken ct, string after = "", int limit = 100)
    {
        if (limit is < 1 or > 1000) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 1000.");
        var repositories = await RepositoryTable.ListAsync(source, after.Replace("\0", "", StringComparison.Ordinal), limit + 1, ct);
        return TypedResults.Ok(new ListAnswer<RegistryRepository>(
            [.. repositories.Take(limit)], repositories.Count > limit ? repositories[limit - 1].Name : null));
    }

    private static async Task<Results<Ok<RegistryRepository>, ProblemHttpResult>> GetAsync(
        string name, NpgsqlDataSource source, CancellationToken ct)
        => await RepositoryTable.FindAsync(source, name, ct) is { } repository
            ? TypedResults.Ok(repository)
            : FileProblems.NoRepositoryOfAny(name);
}
