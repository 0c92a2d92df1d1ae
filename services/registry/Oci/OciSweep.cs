using Auxo.Registry.Oci.Uploads;

using Npgsql;

namespace Auxo.Registry.Oci;

/// <summary>
/// Lets go of what was sent and never named: blobs that no manifest holds after a day, and uploads that nobody went on with. The
/// contents themselves are swept afterwards, like all others. A push that is under way is not disturbed: what it sent, mounted or
/// asked for is held, and its manifest and this take the same row's lock.
/// </summary>
public sealed class OciSweep(UploadFiles files, NpgsqlDataSource source, TimeProvider time)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(24);

    /// <summary>Once.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        foreach (var (repository, image, digest) in await source.ReadAsync(
            static r => (r.GetString(0), r.GetString(1), r.GetString(2)), ct,
            """
            select i.repository, i.name, b.digest from registry.oci_blobs b join registry.oci_images i on i.id = b.image
            where b.held_until < $1 and not exists (select from registry.oci_layers l where l.image = b.image and l.blob = b.digest)
            """,
            now))
        {
            await source.ExecuteAsync(ct, "select registry.oci_release($1, $2, $3, $4)", repository, image, digest, now);
        }

        foreach (var id in await UploadTable.DueAsync(source, now - Forgotten, ct))
        {
            // Somebody is just writing to it, perhaps a byte at a time, and nobody else's contents wait for that.
            using var held = files.TryEnter(id);
            if (held is null || !await UploadTable.ExpireAsync(source, id, now - Forgotten, ct)) continue;
            files.Remove(id);
        }

        var known = await UploadTable.AllAsync(source, ct);
        foreach (var (id, _) in files.All().Where(file => file.At < now - Forgotten && !known.Contains(file.Id)).ToList()) files.Remove(id);
    }
}
