using Auxo.Registry.Blobs;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Manifests;

using Npgsql;

namespace Auxo.Registry.Oci.Retention;

/// <summary>All of an image that retention has to know.</summary>
/// <param name="Manifests">Its manifests.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Sizes">The bytes of each manifest itself.</param>
/// <param name="Holders">By blob: the manifests that hold it, and its bytes.</param>
internal sealed record ImageHoldings(
    IReadOnlyList<KeptManifest> Manifests, IReadOnlyList<KeptTag> Tags, IReadOnlyDictionary<string, long> Sizes,
    ILookup<string, (string Manifest, long SizeBytes)> Holders)
{
    /// <summary>
    /// What each of these frees in the image: its own bytes, and those of blobs that only these hold, which the first of them gets.
    /// </summary>
    public Dictionary<string, long> FreedBy(IEnumerable<KeptManifest> gone)
    {
        var freed = gone.ToDictionary(static m => m.Digest, m => Sizes[m.Digest], StringComparer.Ordinal);
        foreach (var blob in Holders.Where(blob => blob.All(holder => freed.ContainsKey(holder.Manifest))))
        {
            var (first, size) = blob.MinBy(static holder => holder.Manifest, StringComparer.Ordinal);
            freed[first] += size;
        }

        return freed;
    }

    /// <summary>Which images a repository has.</summary>
    public static Task<List<string>> ImagesAsync(NpgsqlDataSource source, string repository, CancellationToken ct)
        => source.ReadAsync(static r => r.GetString(0), ct,
            "select name from registry.oci_images where repository = $1 order by name", repository);

    /// <summary>Reads one. What an index lists stands in the index alone, so every index is read.</summary>
    /// <exception cref="MissingContentException">An index is not on the disk: what it lists is not known, and nothing may go.</exception>
    public static async Task<ImageHoldings> ReadAsync(
        NpgsqlDataSource source, BlobFiles files, string repository, string image, DateTimeOffset fetchedSince, CancellationToken ct)
    {
        var fetched = (await source.ReadAsync(static r => (r.GetString(0), r.GetFieldValue<DateTimeOffset>(1)), ct,
            """
            select file, max(fetched_at) from registry.fetches
            where package = $2 and repository = $1 and fetched_at > $3 group by file
            """,
            repository, image, fetchedSince)).ToDictionary(static f => f.Item1, static f => f.Item2, StringComparer.Ordinal);
        var rows = await source.ReadAsync(
            static r => (Digest: r.GetString(0), Content: r.GetString(1), Size: r.GetInt64(2), Type: r.GetString(3),
                Subject: r.IsDBNull(4) ? null : r.GetString(4), At: r.GetFieldValue<DateTimeOffset>(5)), ct,
            """
            select m.digest, m.content, m.size_bytes, m.media_type, m.subject, m.pushed_at
            from registry.oci_images i join registry.oci_manifests m on m.image = i.id where i.repository = $1 and i.name = $2
            """,
            repository, image);
        var tags = await source.ReadAsync(
            static r => new KeptTag(r.GetString(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2)), ct,
            """
            select t.name, t.digest, t.set_at from registry.oci_images i join registry.oci_tags t on t.image = i.id
            where i.repository = $1 and i.name = $2
            """,
            repository, image);
        var layers = await source.ReadAsync(
            static r => (Manifest: r.GetString(0), Blob: r.GetString(1), Size: r.GetInt64(2)), ct,
            """
            select l.manifest, l.blob, b.size_bytes from registry.oci_images i join registry.oci_layers l on l.image = i.id
                join registry.oci_blobs b on b.image = l.image and b.digest = l.blob
            where i.repository = $1 and i.name = $2
            """,
            repository, image);
        return new ImageHoldings(
            [
                .. rows.Select(row => new KeptManifest(
                    row.Digest, row.At, fetched.TryGetValue(row.Digest, out var at) ? at : null, row.Subject,
                    ManifestReader.IsIndex(row.Type) ? Children(files, row.Content, row.Size, row.Type) : [])),
            ],
            tags, rows.ToDictionary(static row => row.Digest, static row => row.Size, StringComparer.Ordinal),
            layers.ToLookup(static l => l.Blob, static l => (l.Manifest, l.Size), StringComparer.Ordinal));
    }

    private static List<string> Children(BlobFiles files, string content, long size, string type)
    {
        var digest = Digest.TryParse(content, out var parsed) ? parsed : default;
        using var file = files.OpenRead(digest) ?? throw new MissingContentException(digest);
        var bytes = new byte[size];
        return RandomAccess.Read(file, bytes, 0) == size && ManifestReader.Read(type, bytes).Content is { } index
            ? [.. index.Children.Select(static c => c.Digest.ToString())] : throw new MissingContentException(digest);
    }
}
