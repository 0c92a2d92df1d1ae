using Auxo.Registry.Blobs;
using Auxo.Registry.Files;

namespace Auxo.Registry.Debian.Indexes;

/// <summary>The indexes that were read last, in a short form: a client asks for many packages, one after the other.</summary>
public sealed class ReadIndexes(BlobStore blobs)
{
    /// <summary>Main, its updates and security fixes, for two architectures.</summary>
    private const int Most = 6;
    private readonly Lock _gate = new();
    private readonly List<(Digest Content, Lazy<Task<FileHashes>> Files)> _read = [];

    /// <summary>What an index lists; nothing when it is broken.</summary>
    /// <exception cref="MissingContentException">It is not on the disk.</exception>
    public async Task<FileHashes> FindAsync(Digest content, CancellationToken ct)
    {
        Lazy<Task<FileHashes>> files;
        lock (_gate)
        {
            var at = _read.FindIndex(r => r.Content == content);
            files = at >= 0 ? _read[at].Files : new Lazy<Task<FileHashes>>(() => Task.Run(() => Read(content), CancellationToken.None));
            if (at >= 0) _read.RemoveAt(at);
            _read.Insert(0, (content, files));
            if (_read.Count > Most) _read.RemoveAt(Most);
        }

        try
        {
            return await files.Value.WaitAsync(ct);
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvalidDataException))
        {
            lock (_gate) _read.RemoveAll(r => ReferenceEquals(r.Files, files));
            throw;
        }
    }

    private FileHashes Read(Digest content)
    {
        using var handle = blobs.Files.OpenRead(content) ?? throw new MissingContentException(content);
        using var packed = new FileStream(handle, FileAccess.Read, bufferSize: 64 << 10);
        return PackagesIndex.Read(packed);
    }
}
