using Auxo.Registry.Blobs;

using Npgsql;

namespace Auxo.Registry.Oci.Blobs;

/// <summary>A content of an image as it is found.</summary>
public sealed record StoredOciBlob(Digest Content, long SizeBytes, DateTimeOffset StoredAt);

/// <summary>Which image has which contents.</summary>
internal static class OciBlobTable
{
    /// <summary>
    /// How long a content waits for its manifest, counted from when it was last sent, mounted or asked for by someone who pushes. An
    /// image takes minutes; a push that a person goes on with the next day is the longest that was thought of.
    /// </summary>
    public static readonly TimeSpan Hold = TimeSpan.FromHours(24);

    public static async Task<StoredOciBlob?> FindAsync(
        NpgsqlDataSource source, string repository, string image, OciDigest digest, CancellationToken ct)
        => (await source.ReadAsync(Read, ct,
            """
            select b.content, b.size_bytes, c.stored_at
            from registry.oci_images i join registry.oci_blobs b on b.image = i.id join registry.blobs c on c.digest = b.content
            where i.repository = $1 and i.name = $2 and b.digest = $3
            """,
            repository, image, digest.ToString())).FirstOrDefault();

    /// <summary>Whoever asks whether it is there does not send it, so it has to stay for as long as one that was sent.</summary>
    public static Task HoldAsync(
        NpgsqlDataSource source, string repository, string image, OciDigest digest, DateTimeOffset now, CancellationToken ct)
        => source.ExecuteAsync(ct,
            """
            update registry.oci_blobs b set held_until = $4 from registry.oci_images i
            where i.repository = $1 and i.name = $2 and b.image = i.id and b.digest = $3 and b.held_until < $5
            """,
            repository, image, digest.ToString(), now + Hold, now + Hold - TimeSpan.FromHours(1));

    /// <summary>Whether a manifest holds it.</summary>
    public static async Task<bool> IsHeldAsync(
        NpgsqlDataSource source, string repository, string image, OciDigest digest, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetInt32(0), ct,
            """
            select 1 from registry.oci_images i join registry.oci_layers l on l.image = i.id
            where i.repository = $1 and i.name = $2 and l.blob = $3 limit 1
            """,
            repository, image, digest.ToString())).Count > 0;

    /// <summary>Images that have a content; some of them, when they are many.</summary>
    public static Task<List<(string Repository, string Image, StoredOciBlob Blob)>> FindAnywhereAsync(
        NpgsqlDataSource source, OciDigest digest, CancellationToken ct)
        => source.ReadAsync(static r => (r.GetString(3), r.GetString(4), Read(r)), ct,
            """
            select b.content, b.size_bytes, c.stored_at, i.repository, i.name
            from registry.oci_blobs b join registry.oci_images i on i.id = b.image join registry.blobs c on c.digest = b.content
            where b.digest = $1 limit 100
            """,
            digest.ToString());

    /// <summary>Lets an image have a content; AX010 when the repository has no room or is gone.</summary>
    public static NpgsqlBatchCommand Link(
        string repository, string image, OciDigest digest, Digest content, long sizeBytes, DateTimeOffset now)
        => Sql.Command("select registry.oci_link($1, $2, $3, $4, $5, $6)",
            repository, image, digest.ToString(), content.Hex, sizeBytes, now + Hold);

    private static StoredOciBlob Read(NpgsqlDataReader r)
        => new(Digest.TryParse(r.GetString(0), out var digest) ? digest : default, r.GetInt64(1), r.GetFieldValue<DateTimeOffset>(2));
}
