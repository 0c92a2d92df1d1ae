using Auxo.Registry.Blobs;
using Auxo.ServiceDefaults.Access;

using JasperFx.Events;

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
        string repository, HttpContext http, NpgsqlDataSource source, IMessageBus bus, FileCache files, CancellationToken ct)
    {
        if (FileProblems.Name(http, repository, out var path) is { } wrong) return wrong;
        var conditions = Preconditions.From(http.Request);
        if (await Repositories.RepositoryTable.FindAsync(source, repository, ct) is null) return FileProblems.NoRepository(repository);
        try
        {
            var end = await bus.InvokeAsync<FileEnd>(
                new EndFile(repository, path!, conditions, http.Caller()), ct);
            return end.IsAllowed ? end.Was is null ? FileProblems.NoFile(repository, path!) : TypedResults.NoContent()
                : FileProblems.Changed(path!, end.Was);
        }
        finally
        {
            files.Forget(repository, path!);
        }
    }
}

/// <summary>A file is to go, if it is still what the caller has seen.</summary>
/// <param name="Repository">Where, which is there.</param>
/// <param name="Path">Its name, which is a good one.</param>
/// <param name="Conditions">What the client expects to be there.</param>
/// <param name="By">The token's name.</param>
public sealed record EndFile(string Repository, string Path, Preconditions Conditions, string By);

/// <summary>What became of it.</summary>
/// <param name="Was">What was there; null for nothing.</param>
/// <param name="IsAllowed">Whether that is what the conditions expect.</param>
public sealed record FileEnd(Digest? Was, bool IsAllowed);

/// <summary>Decides on the end of a file; when another one changed it at the same moment, the bus lets it decide again.</summary>
public static class EndFileHandler
{
    /// <summary>Its stream.</summary>
    public static Task<IEventStream<RawFile>> LoadAsync(EndFile command, IDocumentSession session, CancellationToken ct)
        => session.Events.FetchForWriting<RawFile>(RawFile.StreamKey(command.Repository, command.Path), ct);

    /// <summary>Ends it, and gives its bytes back to the repository's quota.</summary>
    public static (FileEnd, RemovedFile?) Handle(EndFile command, IEventStream<RawFile> stream, DateTimeOffset now)
    {
        var was = stream.Aggregate?.Content();
        var end = new FileEnd(was, command.Conditions.AllowChange(was));
        if (!end.IsAllowed || was is null) return (end, null);
        stream.AppendOne(new FileEvent.Deleted(command.By, now));
        return (end, new RemovedFile(command.Repository, command.Path, stream.Aggregate!.SizeBytes));
    }
}

/// <summary>Takes a file's row away, and its size from what the repository has used.</summary>
/// <param name="Repository">Where.</param>
/// <param name="Path">Its name.</param>
/// <param name="SizeBytes">Its length.</param>
public sealed record RemovedFile(string Repository, string Path, long SizeBytes) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        session.QueueSqlCommand(FileTable.Charge(Repository, -SizeBytes, -1));
        session.QueueSqlCommand(FileTable.Delete(Repository, Path));
    }
}
