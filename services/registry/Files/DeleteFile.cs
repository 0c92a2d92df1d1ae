using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Files;

/// <summary>
/// <c>DELETE /raw/{repository}/{path}</c>: 204. With <c>If-Match</c> only if it is still what the caller has seen. Its past
/// stays in the event store.
/// </summary>
public static class DeleteFile
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/raw/{repository}/{**path}", HandleAsync)
            .WithName("DeleteFile").WithTags("Files").RequireScopeFor(RegistryScopes.Write, "repository");

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string repository, HttpContext http, NpgsqlDataSource source, IDocumentStore store, FileCache files,
        TimeProvider time, CancellationToken ct)
    {
        if (FileProblems.Name(http, repository, out var path) is { } wrong) return wrong;
        var conditions = Preconditions.From(http.Request);
        if (await Repositories.RepositoryTable.FindAsync(source, repository, ct) is null) return FileProblems.NoRepository(repository);
        while (true)
        {
            await using var session = store.TracedSession();
            var stream = await session.Events.FetchForWriting<RawFile>(RawFile.StreamKey(repository, path!), ct);
            if (!conditions.AllowChange(stream.Aggregate?.Content())) return FileProblems.Changed(path!, stream.Aggregate?.Content());
            if (stream.Aggregate?.Content() is null) return FileProblems.NoFile(repository, path!);
            stream.AppendOne(new FileEvent.Deleted(http.User.Identity?.Name ?? "unknown", time.GetUtcNow()));
            session.QueueSqlCommand(FileTable.Charge(repository, -stream.Aggregate.SizeBytes, -1));
            session.QueueSqlCommand(FileTable.Delete(repository, path!));
            try
            {
                await session.SaveChangesAsync(ct);
                return TypedResults.NoContent();
            }
            catch (Exception e) when (LostRace.Is(e))
            {
                // Somebody replaced or deleted it at the same moment: look again.
            }
            finally
            {
                files.Forget(repository, path!);
            }
        }
    }
}
