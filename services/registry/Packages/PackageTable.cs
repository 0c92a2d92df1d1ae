using System.Text.Json;

using Auxo.Registry.Blobs;

using Npgsql;

namespace Auxo.Registry.Packages;

/// <summary>
/// The rows beside the streams of packages: what clients read, and what holds contents. Written in the transaction of the event.
/// </summary>
internal static class PackageTable
{
    /// <summary>All of a package; null when nothing of that name was published here.</summary>
    public static async Task<StoredPackage?> FindAsync(NpgsqlDataSource source, string repository, string name, CancellationToken ct)
    {
        // One snapshot for the four questions: a version is never seen without its files.
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var sql in (ReadOnlySpan<string>)[
            "select revision, created_at, changed_at from registry.packages where repository = $1 and name = $2",
            "select tag, version from registry.package_tags where repository = $1 and name = $2 order by tag",
            """
            select version, file, digest, size_bytes, media_type, metadata, stored_at from registry.package_files
            where repository = $1 and name = $2 order by file
            """,
            """
            select version, metadata, published_at, published_by, marks::text from registry.package_versions
            where repository = $1 and name = $2 order by position
            """])
            batch.BatchCommands.Add(Sql.Command(sql, repository, name));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        var (revision, created, changed) = (
            reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2));

        await reader.NextResultAsync(ct);
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) tags[reader.GetString(0)] = reader.GetString(1);

        await reader.NextResultAsync(ct);
        var files = new List<(string Version, StoredPackageFile File)>();
        while (await reader.ReadAsync(ct)) files.Add((reader.GetString(0), ReadFile(reader, 1)));
        var ofVersion = files.ToLookup(static f => f.Version, static f => f.File, StringComparer.Ordinal);

        await reader.NextResultAsync(ct);
        var versions = new List<StoredVersion>();
        while (await reader.ReadAsync(ct))
        {
            var version = reader.GetString(0);
            versions.Add(new StoredVersion(
                version, reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3),
                JsonSerializer.Deserialize(reader.GetString(4), StoredJson.Default.Marks)!, [.. ofVersion[version]]));
        }

        return new StoredPackage(repository, name, revision, created, changed, versions, tags);
    }

    /// <summary>How often it changed; null when nothing of that name was published here.</summary>
    public static async Task<long?> RevisionAsync(NpgsqlDataSource source, string repository, string name, CancellationToken ct)
        => await source.ReadAsync(static r => r.GetInt64(0), ct,
            "select revision from registry.packages where repository = $1 and name = $2", repository, name) is [var revision]
            ? revision : null;

    /// <summary>One file; null when there is none of that name.</summary>
    public static async Task<StoredPackageFile?> FindFileAsync(
        NpgsqlDataSource source, string repository, string name, string file, CancellationToken ct)
        => (await source.ReadAsync(static r => ReadFile(r, 0), ct,
            """
            select file, digest, size_bytes, media_type, metadata, stored_at from registry.package_files
            where repository = $1 and name = $2 and file = $3
            """, repository, name, file)).FirstOrDefault();

    /// <summary>The names after one, in order; those without a version are left out.</summary>
    public static Task<List<string>> ListNamesAsync(
        NpgsqlDataSource source, string repository, string after, int limit, CancellationToken ct)
        => source.ReadAsync(static r => r.GetString(0), ct,
            """
            select name from registry.packages p where repository = $1 and name > $2
                and exists (select from registry.package_versions v where v.repository = p.repository and v.name = p.name)
            order by name limit $3
            """, repository, after, limit);

    /// <summary>The names in which a text occurs, those that begin with it first.</summary>
    public static Task<List<string>> SearchAsync(
        NpgsqlDataSource source, string repository, string text, int limit, CancellationToken ct)
        => source.ReadAsync(static r => r.GetString(0), ct,
            """
            select name from registry.packages p where repository = $1 and strpos(name, lower($2)) > 0
                and exists (select from registry.package_versions v where v.repository = p.repository and v.name = p.name)
            order by strpos(name, lower($2)), name limit $3
            """, repository, text.Replace("\0", "", StringComparison.Ordinal), limit);

    private static StoredPackageFile ReadFile(NpgsqlDataReader r, int at)
        => new(r.GetString(at), Digest.TryParse(r.GetString(at + 1), out var digest) ? digest : default, r.GetInt64(at + 2),
            r.GetString(at + 3), r.IsDBNull(at + 4) ? null : r.GetString(at + 4), r.GetFieldValue<DateTimeOffset>(at + 5));
}
