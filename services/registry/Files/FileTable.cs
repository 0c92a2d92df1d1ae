using Auxo.Registry.Blobs;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Files;

/// <summary>A file as it is found.</summary>
public sealed record StoredFile(string Path, Digest Digest, long SizeBytes, string MediaType, DateTimeOffset StoredAt, string StoredBy);

/// <summary>
/// The rows beside the streams of files: what is read, listed, counted, and what holds contents. Written in the transaction of
/// the event.
/// </summary>
internal static class FileTable
{
    /// <summary>
    /// A transaction that would take a repository over its quota, or write to one that was deleted meanwhile, ends with this.
    /// </summary>
    public const string NoRoom = "AX010";

    public static NpgsqlBatchCommand Put(string repository, string path, FileEvent.Stored e, Digest digest)
        => Sql.Command(
            """
            insert into registry.files (repository, path, digest, size_bytes, media_type, stored_at, stored_by)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (repository, path) do update set
                digest = excluded.digest, size_bytes = excluded.size_bytes, media_type = excluded.media_type,
                stored_at = excluded.stored_at, stored_by = excluded.stored_by
            """,
            repository, path, digest.Hex, e.SizeBytes, e.MediaType, e.At, e.By);

    public static NpgsqlBatchCommand Delete(string repository, string path)
        => Sql.Command("delete from registry.files where repository = $1 and path = $2", repository, path);

    /// <summary>
    /// Counts, and refuses the whole transaction (AX010) when there is no room. What makes a repository smaller is always
    /// possible.
    /// </summary>
    public static NpgsqlBatchCommand Charge(string repository, long bytes, int files)
        => Sql.Command(
            """
            with charged as (
                update registry.repositories set used_bytes = used_bytes + $2, file_count = file_count + $3
                where name = $1 and ($2 <= 0 or used_bytes + $2 <= quota_bytes) returning 1)
            select registry.require_room(exists (select from charged), $1)
            """,
            repository, bytes, files);

    public static async Task<StoredFile?> FindAsync(NpgsqlDataSource source, string repository, string path, CancellationToken ct)
        => (await source.ReadAsync(
            Read, ct,
            "select path, digest, size_bytes, media_type, stored_at, stored_by from registry.files where repository = $1 and path = $2",
            repository, path)).FirstOrDefault();

    /// <summary>
    /// Where a file is to be put: its repository, and the content and size that it has there, or null and 0; null when there is
    /// no such repository.
    /// </summary>
    public static async Task<(RegistryRepository Repository, Digest? Current, long SizeBytes)?> FindPlaceAsync(
        NpgsqlDataSource source, string repository, string path, CancellationToken ct)
    {
        if (repository.Contains('\0')) return null;
        var found = await source.ReadAsync(
            static r => (RepositoryTable.Read(r), 
                r.IsDBNull(RepositoryTable.ColumnCount) ? null : (Digest?)ReadDigest(r, RepositoryTable.ColumnCount),
                r.IsDBNull(RepositoryTable.ColumnCount + 1) ? 0 : r.GetInt64(RepositoryTable.ColumnCount + 1)), ct,
            $"""
            select {RepositoryTable.Columns}, f.digest, f.size_bytes
            from registry.repositories r left join registry.files f on f.repository = r.name and f.path = $2 where r.name = $1
            """,
            repository, path);
        return found.Count == 0 ? null : found[0];
    }

    public static Task<List<StoredFile>> ListAsync(
        NpgsqlDataSource source, string repository, string prefix, string after, int limit, CancellationToken ct)
        => source.ReadAsync(
            Read, ct,
            """
            select path, digest, size_bytes, media_type, stored_at, stored_by from registry.files
            where repository = $1 and path > $2 and starts_with(path, $3) and path >= $3 order by path limit $4
            """,
            repository, after, prefix, limit);

    private static StoredFile Read(NpgsqlDataReader r)
        => new(r.GetString(0), ReadDigest(r, 1), r.GetInt64(2), r.GetString(3), r.GetFieldValue<DateTimeOffset>(4), r.GetString(5));

    private static Digest ReadDigest(NpgsqlDataReader r, int column)
        => Digest.TryParse(r.GetString(column), out var digest) ? digest : default;
}
