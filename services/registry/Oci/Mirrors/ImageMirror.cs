using System.Net.Http.Headers;
using System.Text.Json;

using Auxo.Registry.Blobs;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Oci.Manifests;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Oci.Mirrors;

/// <summary>
/// Images of another registry. What has a digest is fetched once and stays; what a tag means is asked again after a few minutes, by
/// HEAD, which upstreams do not count against their limits. An image that was pushed here is ours: upstream is never asked for it.
/// </summary>
public sealed class ImageMirror(NpgsqlDataSource source, Mirror mirror, UpstreamClient client, BlobStore blobs, TimeProvider time)
{
    private const int MostPages = 100;
    private const int TagsBytes = 16 << 20;
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(5);

    /// <summary>A content; null when upstream has none.</summary>
    internal async Task<MirroredFile?> BlobAsync(RegistryRepository repository, OciPath path, OciDigest digest, CancellationToken ct)
        => await UpstreamAsync(repository, path, ct) is not { } upstream ? null
            : await mirror.FileAsync(
                repository, $"{path.Image}/blobs/{digest}", upstream.At($"blobs/{digest}"), Expected(digest), long.MaxValue, ct);

    /// <summary>A manifest by digest or tag; null when upstream has none.</summary>
    internal async Task<MirroredManifest?> ManifestAsync(
        RegistryRepository repository, OciPath path, string reference, CancellationToken ct)
    {
        if (await UpstreamAsync(repository, path, ct) is not { } upstream) return null;
        if (!OciDigest.TryParse(reference, out var digest)) return await TaggedAsync(repository, path, upstream, reference, ct);
        var file = await mirror.FileAsync(
            repository, $"{path.Image}/manifests/{digest}", upstream.At($"manifests/{digest}"), Expected(digest),
            PutManifest.LimitBytes, ct,
            static request => request.Headers.TryAddWithoutValidation("Accept", ManifestReader.Accepted));
        return file is null ? null : new MirroredManifest(
            digest, file.Content, file.SizeBytes, Type(file.MediaType), file.FetchedAt, file.Source, IsStale: false);
    }

    /// <summary>The tags in ASCII order; null when upstream has no such image.</summary>
    internal async Task<List<string>?> TagsAsync(RegistryRepository repository, OciPath path, CancellationToken ct)
    {
        if (await UpstreamAsync(repository, path, ct) is not { } upstream) return null;
        var (tags, last) = (new SortedSet<string>(StringComparer.Ordinal), "");
        for (var page = 0; page < MostPages; page++)
        {
            // However many upstream gives at once: the page after the last one is empty.
            var query = $"tags/list?n=1000{(last.Length == 0 ? "" : $"&last={Uri.EscapeDataString(last)}")}";
            var document = await mirror.DocumentAsync(
                repository, $"{path.Image}/{query}", upstream.At(query), "application/json", TagsBytes, ct);
            if (document.Content is not { } content) return page == 0 ? null : [.. tags];
            var found = ReadTags(await mirror.ReadAsync(content, ct));
            var before = tags.Count;
            tags.UnionWith(found);
            if (found.Count == 0 || tags.Count == before) break;
            last = found[^1];
        }

        return [.. tags];
    }

    /// <summary>Who refers to a manifest, as an index; from the fallback tag where upstream does not know of referrers.</summary>
    internal async Task<byte[]?> ReferrersAsync(RegistryRepository repository, OciPath path, OciDigest subject, CancellationToken ct)
    {
        if (await UpstreamAsync(repository, path, ct) is not { } upstream) return null;
        Digest? content = null;
        try
        {
            var document = await mirror.DocumentAsync(
                repository, $"{path.Image}/referrers/{subject}", upstream.At($"referrers/{subject}"), ManifestReader.Index,
                PutManifest.LimitBytes, ct);
            content = document.MediaType is { } type && Type(type) == ManifestReader.Index ? document.Content : null;
        }
        catch (UpstreamAwayException)
        {
            // Older registries refuse in many ways. If it is away altogether, the next question says so.
        }

        content ??= await ManifestAsync(repository, path, subject.FallbackTag, ct) is { MediaType: ManifestReader.Index } index
            ? index.Content : null;
        return content is { } found ? await mirror.ReadAsync(found, ct) : null;
    }

    /// <summary>Where upstream has it; null for an image of our own.</summary>
    private async Task<ImageUpstream?> UpstreamAsync(RegistryRepository repository, OciPath path, CancellationToken ct)
        => repository.Mirror is { } settings && ImageUpstream.Of(settings, path.Image) is { } upstream
            && !await ManifestTable.AnyAsync(source, path.Repository, path.Image, ct) ? upstream : null;

    private async Task<MirroredManifest?> TaggedAsync(
        RegistryRepository repository, OciPath path, ImageUpstream upstream, string tag, CancellationToken ct)
    {
        var (key, address) = ($"{path.Image}/manifests/{tag}", upstream.At($"manifests/{tag}"));
        if (await MirrorTable.FindDocumentAsync(source, repository.Name, key, ct) is { Content: { } known } kept
            && time.GetUtcNow() - kept.CheckedAt >= Believed && !mirror.IsLeftAlone(repository.Name, address)
            && await HeadAsync(repository.Name, address, ct) == known.ToString())
            await MirrorTable.CheckedAsync(source, repository.Name, key, time.GetUtcNow(), ct);
        var document = await mirror.DocumentAsync(repository, key, address, ManifestReader.Accepted, PutManifest.LimitBytes, ct);
        if (document.Content is not { } content) return null;
        var bytes = await mirror.ReadAsync(content, ct);
        var (manifest, refusal) = ManifestReader.Read(document.MediaType, bytes);
        if (manifest is null) throw new UpstreamAwayException(repository.Name, $"what it sent is no manifest. {refusal}");
        var digest = OciDigest.Of(content);
        await KeepForeverAsync(repository, path, digest, content, bytes.Length, manifest.MediaType, document, ct);
        return new MirroredManifest(
            digest, content, bytes.Length, manifest.MediaType, document.FetchedAt, document.Source, document.IsStale);
    }

    /// <summary>The client asks for it by digest next, and may do so when the tag has moved on.</summary>
    private async Task KeepForeverAsync(
        RegistryRepository repository, OciPath path, OciDigest digest, Digest content, long sizeBytes, string mediaType,
        MirroredDocument document, CancellationToken ct)
    {
        var key = $"{path.Image}/manifests/{digest}";
        if (await MirrorTable.FindFileAsync(source, repository.Name, key, ct) is not null
            || !await blobs.TryKeepAsync(content, sizeBytes, ct)) return;
        try
        {
            await MirrorTable.PutFileAsync(source, repository.Name, new MirroredFile(
                key, content, sizeBytes, mediaType, document.Source, Expected(digest).ToString(),
                document.FetchedAt, document.FetchedAt), ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation)
        {
            // Another one was first, or it was swept: then it is fetched when it is asked for.
        }
    }

    /// <summary>What a tag means upstream; null when it does not say.</summary>
    private async Task<string?> HeadAsync(string repository, Uri address, CancellationToken ct)
    {
        try
        {
            using var response = await client.SendAsync(repository, address, static request =>
            {
                request.Method = HttpMethod.Head;
                request.Headers.TryAddWithoutValidation("Accept", ManifestReader.Accepted);
            }, ct);
            return response.IsSuccessStatusCode && response.Headers.TryGetValues(OciHeaders.Digest, out var values) ? values.First() : null;
        }
        catch (UpstreamAwayException)
        {
            return null;
        }
    }

    private static ExpectedDigest Expected(OciDigest digest)
        => ExpectedDigest.OfHex(digest.ToString()[..6], digest.ToString()[7..])!;

    private static string Type(string contentType)
        => MediaTypeHeaderValue.TryParse(contentType, out var type) ? type.MediaType! : contentType;

    private static List<string> ReadTags(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
                ? [.. tags.EnumerateArray().Select(static t => t.GetString()!).Where(OciPath.IsTag)] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
