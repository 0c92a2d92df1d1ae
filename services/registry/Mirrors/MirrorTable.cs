using Auxo.Registry.Blobs;

using Npgsql;

namespace Auxo.Registry.Mirrors;

/// <summary>What upstream said under a key.</summary>
/// <param name="Key">What was asked for.</param>
/// <param name="Source">The address.</param>
/// <param name="Accept">In which form.</param>
/// <param name="Content">The content; null: upstream has no such thing.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="ETag">For the next question.</param>
/// <param name="LastModified">For the next question.</param>
/// <param name="FetchedAt">When it got this content.</param>
/// <param name="CheckedAt">When upstream last said so.</param>
public sealed record MirroredDocument(
    string Key, string Source, string Accept, Digest? Content, string? MediaType, string? ETag, string? LastModified,
    DateTimeOffset FetchedAt, DateTimeOffset CheckedAt)
{
    /// <summary>Upstream could not be asked, so it may be old.</summary>
    public bool IsStale { get; init; }
}

/// <summary>A file of upstream.</summary>
/// <param name="Key">What was asked for.</param>
/// <param name="Content">The content.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Source">The address that it came from.</param>
/// <param name="Promised">The hash that upstream had named for it.</param>
/// <param name="FetchedAt">When it came.</param>
/// <param name="UsedAt">When it was last asked for, give or take a day.</param>
public sealed record MirroredFile(
    string Key, Digest Content, long SizeBytes, string MediaType, string Source, string? Promised,
    DateTimeOffset FetchedAt, DateTimeOffset UsedAt);

/// <summary>The rows of what was fetched. Nothing here is an event: it is upstream's, and can be fetched again.</summary>
internal static class MirrorTable
{
    private const string DocumentColumns =
        "key, source, accept, digest, media_type, etag, last_modified, fetched_at, checked_at";
    private const string FileColumns = "key, digest, size_bytes, media_type, source, promised, fetched_at, used_at";

    /// <summary>A document; null when it was never asked for.</summary>
    public static async Task<MirroredDocument?> FindDocumentAsync(
        NpgsqlDataSource source, string repository, string key, CancellationToken ct)
        => (await source.ReadAsync(ReadDocument, ct,
            $"select {DocumentColumns} from registry.mirrored_documents where repository = $1 and key = $2",
            repository, key)).FirstOrDefault();

    /// <summary>Documents that were used lately and not checked since a moment.</summary>
    public static Task<List<MirroredDocument>> DueAsync(
        NpgsqlDataSource source, string repository, DateTimeOffset checkedBefore, DateTimeOffset usedSince, int limit, CancellationToken ct)
        => source.ReadAsync(ReadDocument, ct,
            $"""
            select {DocumentColumns} from registry.mirrored_documents
            where repository = $1 and checked_at < $2 and used_at >= $3 and digest is not null order by checked_at limit $4
            """, repository, checkedBefore, usedSince, limit);

    /// <summary>Documents that are here and whose keys end so, the newest first.</summary>
    public static Task<List<MirroredDocument>> DocumentsAsync(
        NpgsqlDataSource source, string repository, string keyEnd, CancellationToken ct)
        => source.ReadAsync(ReadDocument, ct,
            $"""
            select {DocumentColumns} from registry.mirrored_documents
            where repository = $1 and digest is not null and right(key, length($2)) = $2 order by fetched_at desc limit 1000
            """, repository, keyEnd);

    /// <summary>Files whose keys have this in them, the newest first.</summary>
    public static Task<List<MirroredFile>> FilesAsync(
        NpgsqlDataSource source, string repository, string keyPart, int limit, CancellationToken ct)
        => source.ReadAsync(ReadFile, ct,
            $"""
            select {FileColumns} from registry.mirrored_files
            where repository = $1 and position($2 in key) > 0 order by fetched_at desc limit $3
            """, repository, keyPart, limit);

    /// <summary>Keeps what upstream said; a content has to be in place.</summary>
    public static async Task PutAsync(
        NpgsqlDataSource source, string repository, MirroredDocument document, long sizeBytes, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        // What it had before is given back, whether or not the row is there.
        batch.BatchCommands.Add(Sql.Command(
            """
            update registry.repositories r set mirrored_bytes = greatest(0, r.mirrored_bytes + $3 - coalesce((
                select d.size_bytes from registry.mirrored_documents d where d.repository = $1 and d.key = $2), 0))
            where r.name = $1
            """, repository, document.Key, sizeBytes));
        batch.BatchCommands.Add(Sql.Command(
            """
            insert into registry.mirrored_documents (
                repository, key, source, accept, size_bytes, digest, media_type, etag, last_modified, fetched_at, checked_at, used_at)
            values ($1, $2, $3, $4, $5, $6::text, $7::text, $8::text, $9::text, $10, $11, $12)
            on conflict (repository, key) do update set
                source = excluded.source, accept = excluded.accept, size_bytes = excluded.size_bytes, digest = excluded.digest,
                media_type = excluded.media_type, etag = excluded.etag, last_modified = excluded.last_modified,
                fetched_at = excluded.fetched_at, checked_at = excluded.checked_at
            """,
            repository, document.Key, document.Source, document.Accept, sizeBytes, document.Content?.Hex, document.MediaType,
            document.ETag, document.LastModified, document.FetchedAt, document.CheckedAt, now));
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Upstream said that a document is as it was.</summary>
    public static Task CheckedAsync(NpgsqlDataSource source, string repository, string key, DateTimeOffset now, CancellationToken ct)
        => source.ExecuteAsync(ct,
            "update registry.mirrored_documents set checked_at = $3 where repository = $1 and key = $2", repository, key, now);

    /// <summary>A file; null when it was never fetched.</summary>
    public static async Task<MirroredFile?> FindFileAsync(NpgsqlDataSource source, string repository, string key, CancellationToken ct)
        => (await source.ReadAsync(ReadFile, ct,
            $"select {FileColumns} from registry.mirrored_files where repository = $1 and key = $2", repository, key)).FirstOrDefault();

    /// <summary>Keeps a file; a content has to be in place. False when the mirror has no room for it.</summary>
    public static async Task<bool> PutFileAsync(NpgsqlDataSource source, string repository, MirroredFile file, CancellationToken ct)
        => await source.ExecuteAsync(ct,
            """
            with roomy as (
                update registry.repositories set mirrored_bytes = mirrored_bytes + $4
                where name = $1 and mirrored_bytes + $4 <= quota_bytes returning 1)
            insert into registry.mirrored_files (
                repository, key, digest, size_bytes, media_type, source, promised, fetched_at, used_at)
            select $1, $2, $3, $4, $5, $6, $7::text, $8, $8 from roomy
            """,
            repository, file.Key, file.Content.Hex, file.SizeBytes, file.MediaType, file.Source, file.Promised, file.FetchedAt) == 1;

    /// <summary>Lets go what nobody used for the longest, until so many bytes are free; lists take room too.</summary>
    public static Task<int> MakeRoomAsync(NpgsqlDataSource source, string repository, long bytes, CancellationToken ct)
        => source.ExecuteAsync(ct,
            """
            with kept as (
                select 'file' as kind, key, size_bytes, used_at from registry.mirrored_files where repository = $1
                union all
                select 'document', key, size_bytes, used_at from registry.mirrored_documents
                where repository = $1 and size_bytes > 0),
            oldest as (
                select kind, key, sum(size_bytes) over (order by used_at, kind desc, key) - size_bytes as before
                from kept),
            surplus as (
                select o.kind, o.key from oldest o, registry.repositories r
                where r.name = $1 and o.before < r.mirrored_bytes + $2 - r.quota_bytes),
            files as (
                delete from registry.mirrored_files f using surplus s
                where f.repository = $1 and s.kind = 'file' and f.key = s.key returning f.size_bytes),
            documents as (
                delete from registry.mirrored_documents d using surplus s
                where d.repository = $1 and s.kind = 'document' and d.key = s.key returning d.size_bytes),
            gone as (select size_bytes from files union all select size_bytes from documents)
            update registry.repositories
            set mirrored_bytes = greatest(0, mirrored_bytes - (select coalesce(sum(size_bytes), 0) from gone))
            where name = $1
            """, repository, bytes);

    /// <summary>That upstream has no such thing is believed for a minute; anybody may ask for anything.</summary>
    public static Task<int> ForgetAbsencesAsync(NpgsqlDataSource source, DateTimeOffset before, CancellationToken ct)
        => source.ExecuteAsync(
            ct, "delete from registry.mirrored_documents where digest is null and checked_at < $1", before);

    /// <summary>Lets one file or document go; false when there is none.</summary>
    public static async Task<bool> ForgetAsync(NpgsqlDataSource source, string repository, string key, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetInt64(0), ct,
            """
            with files as (delete from registry.mirrored_files where repository = $1 and key = $2 returning size_bytes),
            documents as (delete from registry.mirrored_documents where repository = $1 and key = $2 returning size_bytes),
            gone as (select size_bytes from files union all select size_bytes from documents),
            freed as (
                update registry.repositories
                set mirrored_bytes = greatest(0, mirrored_bytes - (select coalesce(sum(size_bytes), 0) from gone)) where name = $1)
            select count(*) from gone
            """, repository, key)) is [> 0];

    /// <summary>Somebody asked for it; a write a day is enough to know what is used.</summary>
    public static Task UsedAsync(
        NpgsqlDataSource source, string table, string repository, string key, DateTimeOffset now, CancellationToken ct)
        => source.ExecuteAsync(ct,
            $"update registry.{table} set used_at = $3 where repository = $1 and key = $2 and used_at < $4",
            repository, key, now, now - TimeSpan.FromDays(1));

    /// <summary>How the last question to upstream went.</summary>
    public static Task AskedAsync(NpgsqlDataSource source, string repository, string? failure, DateTimeOffset now, CancellationToken ct)
        => failure is null
            ? source.ExecuteAsync(ct,
                "update registry.repositories set upstream_asked_at = $2, upstream_failure = null where name = $1", repository, now)
            : source.ExecuteAsync(ct,
                "update registry.repositories set upstream_failed_at = $2, upstream_failure = $3 where name = $1",
                repository, now, failure);

    private static MirroredDocument ReadDocument(NpgsqlDataReader r)
        => new(r.GetString(0), r.GetString(1), r.GetString(2), DigestAt(r, 3), Text(r, 4), Text(r, 5), Text(r, 6),
            r.GetFieldValue<DateTimeOffset>(7), r.GetFieldValue<DateTimeOffset>(8));

    private static MirroredFile ReadFile(NpgsqlDataReader r)
        => new(r.GetString(0), DigestAt(r, 1)!.Value, r.GetInt64(2), r.GetString(3), r.GetString(4), Text(r, 5),
            r.GetFieldValue<DateTimeOffset>(6), r.GetFieldValue<DateTimeOffset>(7));

    private static Digest? DigestAt(NpgsqlDataReader r, int column)
        => Text(r, column) is { } hex && Digest.TryParse(hex, out var digest) ? digest : null;

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
}
