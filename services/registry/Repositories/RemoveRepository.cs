using Auxo.Registry.Files;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Marten.Exceptions;

using Npgsql;

namespace Auxo.Registry.Repositories;

/// <summary>
/// <c>DELETE /repositories/{name}</c>: removes a repository that is empty; what has files in it is never removed by one
/// request.
/// </summary>
public static class RemoveRepository
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/repositories/{name}", HandleAsync)
            .WithName("RemoveRepository").WithTags("Repositories").RequireScope(RegistryScopes.Manage);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string name, HttpContext http, NpgsqlDataSource source, IDocumentStore store, TimeProvider time,
        RepositoryRows rows, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        if (await RepositoryTable.FindAsync(source, name, ct) is not { } repository)
            return FileProblems.NoRepositoryOfAny(name);
        var stream = await session.Events.FetchForWriting<RepositoryDefinition>(RepositoryDefinition.StreamKey(name), ct);
        stream.AppendOne(new RepositoryEvent.Removed(http.Caller(), time.GetUtcNow()));
        session.QueueSqlCommand(Sql.Command(
            "with gone as (delete from registry.repositories where name = $1 and file_count = 0 returning 1) select "
                + "registry.require_room(exists (select from gone), $1)", name));
        try
        {
            await session.SaveChangesAsync(ct);
            rows.Forget(name);
            return TypedResults.NoContent();
        }
        catch (MartenCommandException e) when (Sql.State(e) == FileTable.NoRoom)
        {
            return AuxoProblem.Conflict(
                "repository/not-empty",
                $"'{name}' has {repository.FileCount} files. Delete them first.");
        }
    }
}
