using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Files;

/// <summary>
/// <c>GET /raw/{repository}?prefix=&amp;after=&amp;limit=</c>: the files whose names begin so, in the order of their bytes.
/// </summary>
public static class ListFiles
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/raw/{repository}", HandleAsync)
            .WithName("ListFiles").WithTags("Files").RequireScopeFor(RegistryScopes.Read, "repository");

    private static async Task<Results<Ok<ListAnswer<FileAnswer>>, ProblemHttpResult>> HandleAsync(
        string repository, NpgsqlDataSource source, CancellationToken ct, string prefix = "", string after = "", int limit = 100)
    {
        if (limit is < 1 or > 1000) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 1000.");
        if (prefix.Contains('\0') || after.Contains('\0')) return AuxoProblem.BadRequest(
            "file/invalid-name", "'prefix' and 'after' have no control characters in them.");
        if (await Repositories.RepositoryTable.FindAsync(source, repository, ct) is null) return FileProblems.NoRepository(repository);
        var files = await FileTable.ListAsync(source, repository, prefix, after, limit + 1, ct);
        return TypedResults.Ok(new ListAnswer<FileAnswer>(
            [.. files.Take(limit).Select(f => FileAnswer.Of(repository, f))], files.Count > limit ? files[limit - 1].Path : null));
    }
}
