using Npgsql;

namespace Auxo.Registry.Oci.Uploads;

/// <summary>An upload that is under way.</summary>
/// <param name="Id">In its address.</param>
/// <param name="ReceivedBytes">So many are on the disk.</param>
internal sealed record PendingUpload(Guid Id, long ReceivedBytes);

/// <summary>The uploads that are under way.</summary>
internal static class UploadTable
{
    /// <summary>Not synced: an upload that is lost with the machine before its first byte is begun again.</summary>
    /// <returns>False when the repository has as many as it may have.</returns>
    public static async Task<bool> InsertAsync(
        NpgsqlDataSource source, Guid id, OciPath path, string by, int most, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new("select set_config('synchronous_commit', 'off', true)"));
        batch.BatchCommands.Add(Sql.Command(
            """
            insert into registry.oci_uploads (id, repository, image, received_bytes, changed_at, started_by)
            select $1, $2, $3, 0, $4, $5 where (select count(*) from registry.oci_uploads where repository = $2) < $6
            """,
            id, path.Repository, path.Image, now, by, most));
        return await batch.ExecuteNonQueryAsync(ct) > 0;
    }

    /// <summary>The upload, if it is one of this image.</summary>
    public static async Task<PendingUpload?> FindAsync(NpgsqlDataSource source, OciPath path, CancellationToken ct)
        => !Guid.TryParseExact(path.Reference, "D", out var id) ? null
            : (await source.ReadAsync(r => new PendingUpload(id, r.GetInt64(0)), ct,
                "select received_bytes from registry.oci_uploads where id = $1 and repository = $2 and image = $3",
                id, path.Repository, path.Image)).FirstOrDefault();

    /// <summary>So many bytes are on the disk now.</summary>
    public static Task AdvanceAsync(NpgsqlDataSource source, Guid id, long receivedBytes, DateTimeOffset now, CancellationToken ct)
        => source.ExecuteAsync(
            ct, "update registry.oci_uploads set received_bytes = $2, changed_at = $3 where id = $1", id, receivedBytes, now);

    public static NpgsqlBatchCommand Delete(Guid id) => Sql.Command("delete from registry.oci_uploads where id = $1", id);

    /// <summary>How many bytes the uploads of a repository have on the disk, without some of them.</summary>
    public static async Task<long> SumAsync(NpgsqlDataSource source, string repository, Guid[] without, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetInt64(0), ct,
            """
            select coalesce(sum(received_bytes), 0)::bigint from registry.oci_uploads where repository = $1 and id <> all($2)
            """, repository, without))[0];

    /// <summary>Those of a repository to which nothing came since then, the longest forgotten first.</summary>
    public static Task<List<(Guid Id, long Bytes)>> QuietAsync(
        NpgsqlDataSource source, string repository, DateTimeOffset before, CancellationToken ct)
        => source.ReadAsync(static r => (r.GetGuid(0), r.GetInt64(1)), ct,
            "select id, received_bytes from registry.oci_uploads where repository = $1 and changed_at < $2 order by changed_at",
            repository, before);

    /// <summary>Those to which nothing came since then.</summary>
    public static Task<List<Guid>> DueAsync(NpgsqlDataSource source, DateTimeOffset before, CancellationToken ct)
        => source.ReadAsync(
            static r => r.GetGuid(0), ct, "select id from registry.oci_uploads where changed_at < $1", before);

    /// <summary>Ends one of them; false when something came after all.</summary>
    public static async Task<bool> ExpireAsync(
        NpgsqlDataSource source, Guid id, DateTimeOffset before, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetGuid(0), ct,
            "delete from registry.oci_uploads where id = $1 and changed_at < $2 returning id", id, before)).Count > 0;

    public static async Task<HashSet<Guid>> AllAsync(NpgsqlDataSource source, CancellationToken ct)
        => [.. await source.ReadAsync(static r => r.GetGuid(0), ct, "select id from registry.oci_uploads")];
}
