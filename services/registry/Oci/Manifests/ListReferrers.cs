using System.Buffers;
using System.Text.Json;

using Auxo.Registry.Blobs;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Mirrors;

using Npgsql;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// <c>GET /v2/NAME/referrers/DIGEST?artifactType=</c>: the manifests that refer to one, such as its signatures and SBOMs, as an index.
/// Never 404: who has none has an empty one. What a client listed under the fallback tag, for registries without this, is listed too.
/// </summary>
public sealed class ListReferrers(NpgsqlDataSource source, BlobStore blobs, OciRepositories repositories, ImageMirror mirror)
{
    private const int PageOf = 500;

    /// <summary>Clients read as much as they read of a manifest.</summary>
    private const int PageBytes = 2 << 20;

    /// <summary>Answers.</summary>
    public async Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        if (!OciDigest.TryParse(path.Reference, out var subject)) return OciErrors.Digest(path.Reference);
        if (!Paging.TryRead(http.Request, PageOf, out var page)) return Paging.Invalid();
        var type = http.Request.Query["artifactType"].FirstOrDefault();
        if (type?.Contains('\0') == true) return Paging.Invalid();
        var (found, more) = await FindAsync(path, subject, type, page.Last, ct);
        if (more)
        {
            Paging.Link(http, $"/v2/{path.Name}/referrers/{subject}", PageOf, found[^1].Digest);
            if (type is not null) http.Response.Headers.Link = http.Response.Headers.Link.ToString()
                .Replace("?n=", $"?artifactType={Uri.EscapeDataString(type)}&n=", StringComparison.Ordinal);
        }

        if (page.Last.Length == 0) await AddFallbackAsync(path, subject, type, found, ct);
        if (found.Count == 0 && page.Last.Length == 0
            && await repositories.FindAsync(path.Repository, ct) is { Mirror: not null } repository
            && await mirror.ReferrersAsync(repository, path, subject, ct) is { } mirrored) AddListed(mirrored, type, found);
        if (type is not null) http.Response.Headers[OciHeaders.FiltersApplied] = "artifactType";
        return TypedResults.Bytes(Write(found), ManifestReader.Index);
    }

    private async Task<(List<Referrer> Found, bool More)> FindAsync(
        OciPath path, OciDigest subject, string? type, string last, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            select m.digest, m.size_bytes, m.media_type, m.artifact_type, m.annotations
            from registry.oci_images i join registry.oci_manifests m on m.image = i.id
            where i.repository = $1 and i.name = $2 and m.subject = $3 and m.digest > $4 and ($5::text is null or m.artifact_type = $5)
            order by m.digest limit $6
            """).With(path.Repository, path.Image, subject.ToString(), last, type, PageOf + 1);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (found, bytes) = (new List<Referrer>(), 0L);
        while (await reader.ReadAsync(ct))
        {
            if (found.Count == PageOf || bytes > PageBytes) return (found, true);
            found.Add(new Referrer(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), Text(reader, 3), Text(reader, 4)));
            bytes += found[^1].Annotations?.Length ?? 0;
        }

        return (found, false);
    }

    private async Task AddFallbackAsync(OciPath path, OciDigest subject, string? type, List<Referrer> found, CancellationToken ct)
    {
        if (await ManifestTable.FindAsync(source, path.Repository, path.Image, subject.FallbackTag, ct)
            is not { MediaType: ManifestReader.Index } index || blobs.Files.OpenRead(index.Content) is not { } file) return;
        var bytes = new byte[index.SizeBytes];
        using (file) RandomAccess.Read(file, bytes, 0);
        AddListed(bytes, type, found);
    }

    /// <summary>What an index lists that somebody else made.</summary>
    private static void AddListed(byte[] index, string? type, List<Referrer> found)
    {
        if (ManifestReader.Read(ManifestReader.Index, index).Content is null) return;
        using var document = JsonDocument.Parse(index);
        var known = found.Select(static f => f.Digest).ToHashSet(StringComparer.Ordinal);
        foreach (var item in document.RootElement.GetProperty("manifests").EnumerateArray())
        {
            var listed = new Referrer(
                item.GetProperty("digest").GetString()!, item.GetProperty("size").GetInt64(),
                Text(item, "mediaType") ?? ManifestReader.Image, Text(item, "artifactType"),
                item.TryGetProperty("annotations", out var a) && a.ValueKind == JsonValueKind.Object ? a.GetRawText() : null);
            if ((type is null || listed.ArtifactType == type) && known.Add(listed.Digest)) found.Add(listed);
        }
    }

    private static ReadOnlyMemory<byte> Write(List<Referrer> referrers)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", ManifestReader.Index);
            json.WriteStartArray("manifests");
            foreach (var referrer in referrers)
            {
                json.WriteStartObject();
                json.WriteString("mediaType", referrer.MediaType);
                json.WriteString("digest", referrer.Digest);
                json.WriteNumber("size", referrer.SizeBytes);
                if (referrer.ArtifactType is { Length: > 0 } type) json.WriteString("artifactType", type);
                if (referrer.Annotations is { } annotations)
                {
                    json.WritePropertyName("annotations");
                    json.WriteRawValue(annotations);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static string? Text(JsonElement item, string name)
        => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Referrer(string Digest, long SizeBytes, string MediaType, string? ArtifactType, string? Annotations);
}
