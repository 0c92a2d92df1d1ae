using Auxo.Registry.Blobs;

using Npgsql;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>A manifest as it is found.</summary>
internal sealed record StoredManifest(OciDigest Digest, Digest Content, long SizeBytes, string MediaType, DateTimeOffset PushedAt);

/// <summary>The rows beside the streams of images. Written in the transaction of the event.</summary>
internal static class ManifestTable
{
    private const string Columns = "m.digest, m.content, m.size_bytes, m.media_type, m.pushed_at";

    /// <summary>By digest, or by tag.</summary>
    public static async Task<StoredManifest?> FindAsync(
        NpgsqlDataSource source, string repository, string image, string reference, CancellationToken ct)
        => (await source.ReadAsync(Read, ct,
            OciDigest.TryParse(reference, out _)
                ? $"""
                select {Columns} from registry.oci_images i join registry.oci_manifests m on m.image = i.id
                where i.repository = $1 and i.name = $2 and m.digest = $3
                """
                : $"""
                select {Columns} from registry.oci_images i join registry.oci_tags t on t.image = i.id
                    join registry.oci_manifests m on m.image = i.id and m.digest = t.digest
                where i.repository = $1 and i.name = $2 and t.name = $3
                """,
            repository, image, reference)).FirstOrDefault();

    /// <summary>Whether anything was pushed under this name.</summary>
    public static async Task<bool> AnyAsync(NpgsqlDataSource source, string repository, string image, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetInt32(0), ct,
            """
            select 1 from registry.oci_images i join registry.oci_manifests m on m.image = i.id
            where i.repository = $1 and i.name = $2 limit 1
            """,
            repository, image)).Count > 0;

    /// <summary>Which of these the image has, as blobs or as manifests, and how long they are.</summary>
    public static async Task<(Dictionary<string, long> Blobs, Dictionary<string, long> Manifests)> FindPartsAsync(
        NpgsqlDataSource source, string repository, string image, IReadOnlyList<Descriptor> parts, CancellationToken ct)
    {
        var (blobs, manifests) = (
            new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var (isBlob, digest, size) in await source.ReadAsync(
            static r => (r.GetBoolean(0), r.GetString(1), r.GetInt64(2)), ct,
            """
            select true, b.digest, b.size_bytes from registry.oci_images i join registry.oci_blobs b on b.image = i.id
            where i.repository = $1 and i.name = $2 and b.digest = any($3)
            union all
            select false, m.digest, m.size_bytes from registry.oci_images i join registry.oci_manifests m on m.image = i.id
            where i.repository = $1 and i.name = $2 and m.digest = any($3)
            """,
            repository, image, parts.Select(static p => p.Digest.ToString()).ToArray()))
        {
            (isBlob ? blobs : manifests)[digest] = size;
        }

        return (blobs, manifests);
    }

    /// <summary>What these tags mean now; those that are not there are left out.</summary>
    public static async Task<Dictionary<string, string>> FindTagsAsync(
        NpgsqlDataSource source, string repository, string image, IReadOnlyCollection<string> tags, CancellationToken ct)
        => (await source.ReadAsync(static r => (r.GetString(0), r.GetString(1)), ct,
            """
            select t.name, t.digest from registry.oci_images i join registry.oci_tags t on t.image = i.id
            where i.repository = $1 and i.name = $2 and t.name = any($3)
            """,
            repository, image, tags.ToArray())).ToDictionary(static t => t.Item1, static t => t.Item2, StringComparer.Ordinal);

    /// <summary>The tags that mean this manifest.</summary>
    public static Task<List<string>> FindTagsOfAsync(
        NpgsqlDataSource source, string repository, string image, OciDigest digest, CancellationToken ct)
        => source.ReadAsync(static r => r.GetString(0), ct,
            """
            select t.name from registry.oci_images i join registry.oci_tags t on t.image = i.id
            where i.repository = $1 and i.name = $2 and t.digest = $3 order by t.name
            """,
            repository, image, digest.ToString());

    public static NpgsqlBatchCommand Put(
        OciPath path, ImageEvent.ManifestPut e, Digest content, string? annotations)
        => Sql.Command(
            """
            insert into registry.oci_manifests
                (image, digest, content, size_bytes, media_type, artifact_type, subject, annotations, pushed_at, pushed_by)
            values (registry.oci_image($1, $2), $3, $4, $5, $6, $7::text, $8::text, $9::text, $10, $11)
            """,
            path.Repository, path.Image, e.Digest, content.Hex, e.SizeBytes, e.MediaType, e.ArtifactType, e.Subject,
            annotations, e.At, e.By);

    /// <summary>From now on the manifest holds these blobs; a foreign key's violation when the image has one of them no more.</summary>
    public static NpgsqlBatchCommand Hold(OciPath path, string manifest, IEnumerable<string> blobs)
        => Sql.Command(
            "insert into registry.oci_layers (image, manifest, blob) select registry.oci_image($1, $2), $3, unnest($4::text[])",
            path.Repository, path.Image, manifest, blobs.ToArray());

    public static NpgsqlBatchCommand SetTag(OciPath path, ImageEvent.TagSet e)
        => Sql.Command(
            """
            insert into registry.oci_tags (image, name, digest, set_at, set_by) values (registry.oci_image($1, $2), $3, $4, $5, $6)
            on conflict (image, name) do update set digest = excluded.digest, set_at = excluded.set_at, set_by = excluded.set_by
            """,
            path.Repository, path.Image, e.Tag, e.Digest, e.At, e.By);

    public static NpgsqlBatchCommand RemoveTag(OciPath path, string tag)
        => Sql.Command("delete from registry.oci_tags where image = registry.oci_image($1, $2) and name = $3",
            path.Repository, path.Image, tag);

    /// <summary>Its tags and its hold on blobs go with it.</summary>
    public static NpgsqlBatchCommand Delete(OciPath path, OciDigest digest)
        => Sql.Command("delete from registry.oci_manifests where image = registry.oci_image($1, $2) and digest = $3",
            path.Repository, path.Image, digest.ToString());

    private static StoredManifest Read(NpgsqlDataReader r)
        => new(
            OciDigest.TryParse(r.GetString(0), out var digest) ? digest : default,
            Digest.TryParse(r.GetString(1), out var content) ? content : default, r.GetInt64(2), r.GetString(3),
            r.GetFieldValue<DateTimeOffset>(4));
}
