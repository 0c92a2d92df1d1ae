using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Auxo.Registry.Packages;

/// <summary>A document about a package as it is sent, made once and sent often.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Gzip">The same, packed.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="ETag">Its entity tag, quotes included.</param>
public sealed record PackageDocument(byte[] Bytes, byte[] Gzip, string MediaType, string ETag)
{
    /// <summary>Of its bytes.</summary>
    public static PackageDocument Of(byte[] bytes, string mediaType)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return new PackageDocument(bytes, packed.ToArray(), mediaType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"");
    }

    /// <summary>What it takes in memory.</summary>
    internal long SizeBytes => Bytes.Length + Gzip.Length + 500;
}

/// <summary>Which document: of which package, in which form, for which address.</summary>
/// <param name="Repository">Where the package is.</param>
/// <param name="Name">Its name; empty for a list of all.</param>
/// <param name="Form">The format's word for it, such as <c>full</c>.</param>
/// <param name="Address">The address of the registry as the client knows it, where the document has addresses; else empty.</param>
public readonly record struct DocumentKey(string Repository, string Name, string Form, string Address);

/// <summary>
/// Documents that are asked for again and again. One process writes packages (the instance's lock sees to it): whoever wrote
/// forgets the documents before he answers. Besides, a document is believed for a second; then its revision is compared, which
/// costs one small question.
/// </summary>
public sealed class PackageDocuments(TimeProvider time)
{
    private const long MostBytes = 64 << 20;
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(DocumentKey, string, long), Lazy<Task<PackageDocument?>>> _making = new();

    /// <summary>Those for which there is no room here: who has one now shares it with those who come.</summary>
    private readonly Dictionary<DocumentKey, (WeakReference<PackageDocument> Weak, string Revision, long At)> _long =
        [];
    private readonly Dictionary<DocumentKey, Kept> _documents = [];
    private long _bytes;
    private long _changes;

    /// <summary>The document as it is now; null when there is no such package.</summary>
    /// <param name="key">Which.</param>
    /// <param name="revision">What it is made from: the same text as long as it would be the same; null when there is nothing.</param>
    /// <param name="render">Makes it.</param>
    public async Task<PackageDocument?> FindAsync(
        DocumentKey key, Func<Task<string?>> revision, Func<Task<PackageDocument?>> render)
    {
        Kept? kept;
        long seen;
        lock (_gate)
        {
            kept = _documents.GetValueOrDefault(key) ?? Long(key);
            if (kept is not null && time.GetElapsedTime(kept.At) < Believed)
            {
                kept.UsedAt = time.GetTimestamp();
                return kept.Document;
            }

            seen = _changes;
        }

        var asked = time.GetTimestamp();
        if (await revision() is not { } now) return null;
        var document = kept is not null && kept.Revision == now
            ? kept.Document : await OnceAsync((key, now, seen), render);
        if (document is null) return null;
        lock (_gate)
        {
            // Somebody wrote meanwhile: then what was read may be what was before.
            if (seen == _changes) Keep(key, new Kept(document, now, asked) { UsedAt = asked });
        }

        return document;
    }

    /// <summary>However many ask at the same moment, it is made once.</summary>
    private async Task<PackageDocument?> OnceAsync(
        (DocumentKey, string, long) what, Func<Task<PackageDocument?>> render)
    {
        while (true)
        {
            // Elsewhere, or those who wait would each hold a thread until the first one waits too.
            var mine = new Lazy<Task<PackageDocument?>>(() => Task.Run(render));
            var making = _making.GetOrAdd(what, mine);
            try
            {
                return await making.Value;
            }
            catch (OperationCanceledException) when (!ReferenceEquals(making, mine))
            {
                // Whoever made it went away: then somebody else does.
            }
            finally
            {
                _making.TryRemove(KeyValuePair.Create(what, making));
            }
        }
    }

    /// <summary>A package was written, or may have been; its repository's lists change with it.</summary>
    public void Forget(string repository, string name)
    {
        lock (_gate)
        {
            _changes++;
            foreach (var key in _documents.Keys.Concat(_long.Keys)
                .Where(k => k.Repository == repository && (k.Name == name || k.Name.Length == 0)).ToList())
            {
                Drop(key);
                _long.Remove(key);
            }
        }
    }

    private Kept? Long(DocumentKey key)
        => _long.TryGetValue(key, out var known) && known.Weak.TryGetTarget(out var document)
            ? new Kept(document, known.Revision, known.At) : null;

    private void Keep(DocumentKey key, Kept kept)
    {
        Drop(key);
        if (kept.Document.SizeBytes > MostBytes / 2)
        {
            foreach (var gone in _long.Where(static l => !l.Value.Weak.TryGetTarget(out _)).ToList())
                _long.Remove(gone.Key);
            _long[key] = (new WeakReference<PackageDocument>(kept.Document), kept.Revision, kept.At);
            return;
        }

        while (_bytes + kept.Document.SizeBytes > MostBytes) Drop(_documents.MinBy(static d => d.Value.UsedAt).Key);
        _documents[key] = kept;
        _bytes += kept.Document.SizeBytes;
    }

    private void Drop(DocumentKey key)
    {
        if (_documents.Remove(key, out var gone)) _bytes -= gone.Document.SizeBytes;
    }

    private sealed record Kept(PackageDocument Document, string Revision, long At)
    {
        public long UsedAt { get; set; }
    }
}
