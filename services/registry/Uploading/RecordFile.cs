using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Repositories;

using Marten.Exceptions;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Uploading;

/// <summary>A name for a content that has been received.</summary>
/// <param name="Repository">Where, as it was before the content came.</param>
/// <param name="Path">The name, which is a good one.</param>
/// <param name="Conditions">What the client expects to be there.</param>
/// <param name="MediaType">As it was sent.</param>
/// <param name="By">The token's name.</param>
public sealed record NewFile(RegistryRepository Repository, string Path, Preconditions Conditions, string MediaType, string By);

/// <summary>Gives a received content its place and its name, durably: the bytes first, then the name.</summary>
public sealed class RecordFile(IDocumentStore store, BlobStore blobs, FileCache files, TimeProvider time)
{
    /// <summary>
    /// Runs to its end whether or not the client waits: what would be half done costs more than the rest. No command on the bus,
    /// since the stream is read while the disk writes the bytes.
    /// </summary>
    public Task<Results<Created<FileAnswer>, Ok<FileAnswer>, ProblemHttpResult>> RunAsync(NewFile file, ReceivedBlob received)
    {
        var keeping = new Lazy<Task>(() => blobs.KeepAsync(received, CancellationToken.None));
        return LostRace.RetryAsync<Results<Created<FileAnswer>, Ok<FileAnswer>, ProblemHttpResult>>(async () =>
        {
            // A change of the stream after this look makes the save fail.
            await using var session = store.TracedSession();
            var fetching = session.Events.FetchForWriting<RawFile>(
                RawFile.StreamKey(file.Repository.Name, file.Path), CancellationToken.None);
            await Task.WhenAll(fetching, keeping.Value);
            var stream = await fetching;
            var before = stream.Aggregate;
            if (Refuse(file.Repository, file.Path, before?.Content(), file.Conditions) is { } refusal) return refusal;
            var stored = new FileEvent.Stored(
                received.Digest.ToString(), received.SizeBytes, file.MediaType, file.By, time.GetUtcNow());
            var isNew = before?.Content() is null;
            stream.AppendOne(stored);
            session.QueueSqlCommand(
                FileTable.Charge(file.Repository.Name, received.SizeBytes - (before?.SizeBytes ?? 0), isNew ? 1 : 0));
            session.QueueSqlCommand(FileTable.Put(file.Repository.Name, file.Path, stored, received.Digest));
            CrashPoint.Hit("registry.upload.before_commit");
            try
            {
                await session.SaveChangesAsync(CancellationToken.None);
            }
            catch (MartenCommandException e) when (Sql.State(e) == FileTable.NoRoom)
            {
                return FileProblems.NoRoom(file.Repository);
            }
            catch (MartenCommandException e) when (Sql.State(e) == PostgresErrorCodes.ForeignKeyViolation)
            {
                // This machine stood still for longer than a pin lasts.
                return AuxoProblem.Of(StatusCodes.Status503ServiceUnavailable, "upload/try-again",
                    "The content was cleaned up before its name was recorded. Nothing was kept; send it again.");
            }
            finally
            {
                files.Forget(file.Repository.Name, file.Path);
            }

            CrashPoint.Hit("registry.upload.committed");
            var answer = FileAnswer.Of(file.Repository.Name,
                new StoredFile(file.Path, received.Digest, stored.SizeBytes, stored.MediaType, stored.At, stored.By));
            return isNew ? TypedResults.Created(answer.Url, answer) : TypedResults.Ok(answer);
        });
    }

    /// <summary>Whether a file may be written now; asked before the body is read, and again when its stream is held.</summary>
    internal static ProblemHttpResult? Refuse(RegistryRepository repository, string path, Digest? current, Preconditions conditions)
        => !conditions.AllowChange(current) ? FileProblems.Changed(path, current)
            : repository.Immutable && current is not null ? AuxoProblem.Conflict(
                "file/immutable", $"'{path}' is there already, and in '{repository.Name}' no file is ever replaced. Choose another name.")
            : null;
}
