using System.IO.Pipelines;
using System.Security.Cryptography;

using Auxo.ServiceDefaults.Disk;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Registry.Blobs;

/// <summary>
/// A content that has been received whole, but is neither in its place nor surely on the disk. Disposing it removes what was not moved in.
/// </summary>
public sealed class ReceivedBlob : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;

    internal ReceivedBlob(SafeFileHandle handle, string path, Digest digest, byte[]? other, long sizeBytes)
        => (_handle, _path, Digest, OtherHash, SizeBytes) = (handle, path, digest, other, sizeBytes);

    /// <summary>What it is.</summary>
    public Digest Digest { get; }

    /// <summary>Its hash by the algorithm that was asked for besides.</summary>
    public byte[]? OtherHash { get; }

    /// <summary>Its SHA-512, when that was asked for.</summary>
    public byte[]? Sha512 => OtherHash is { Length: SHA512.HashSizeInBytes } ? OtherHash : null;

    /// <summary>How long it is.</summary>
    public long SizeBytes { get; }

    /// <summary>Its bytes, for who has to look into them before they are kept; closed by the caller, before that.</summary>
    internal Stream OpenRead() => new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Its bytes are on the disk when this returns.</summary>
    internal void Sync() => RandomAccess.FlushToDisk(_handle);

    /// <summary>Moves it to its place, closed: as long as it is open here, others cannot be sure to open it.</summary>
    internal void MoveIn(BlobFiles files)
    {
        _handle.Dispose();
        files.MoveIn(_path, Digest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        File.Delete(_path);
    }
}

/// <summary>
/// Receives a content: hashes while it writes. Whatever breaks it off (the client, a limit, the disk) leaves nothing behind.
/// </summary>
/// <param name="files">Where to.</param>
/// <param name="guard">Asked now and then, since others fill the disk too.</param>
public sealed class BlobUpload(BlobFiles files, DiskGuard guard)
{
    /// <summary>What is hashed and written at once; meanwhile the server receives the next.</summary>
    private const int ChunkBytes = 256 << 10;
    private const long WriteBackEvery = 8L << 20;
    private const long AskEvery = 64L << 20;

    /// <summary>Receives all of <paramref name="body"/>.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="limitBytes">More are refused.</param>
    /// <param name="sha512">Compute this digest too; it costs three times as much as SHA-256.</param>
    /// <param name="ct">Breaks it off.</param>
    /// <exception cref="ContentTooLargeException">It is longer than the limit.</exception>
    /// <exception cref="DiskFullException">The disk has no room for it.</exception>
    public Task<ReceivedBlob> ReceiveAsync(PipeReader body, long limitBytes, bool sha512, CancellationToken ct)
        => ReceiveAsync(body, limitBytes, sha512 ? HashAlgorithmName.SHA512 : null, ct);

    /// <summary>The same, with a limit that may change meanwhile: asked, before it grows to a length, how long it may become.</summary>
    internal Task<ReceivedBlob> ReceiveAsync(
        PipeReader body, Func<long, ValueTask<long>> limit, bool sha512, CancellationToken ct)
        => ReceiveAsync(body, limit, sha512 ? HashAlgorithmName.SHA512 : null, ct);

    /// <summary>Receives all of <paramref name="body"/>.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="limitBytes">More are refused.</param>
    /// <param name="algorithm">Hash by this one too; null for SHA-256 alone.</param>
    /// <param name="ct">Breaks it off.</param>
    /// <exception cref="ContentTooLargeException">It is longer than the limit.</exception>
    /// <exception cref="DiskFullException">The disk has no room for it.</exception>
    public Task<ReceivedBlob> ReceiveAsync(
        PipeReader body, long limitBytes, HashAlgorithmName? algorithm, CancellationToken ct)
        => ReceiveAsync(body, _ => ValueTask.FromResult(limitBytes), algorithm, ct);

    private async Task<ReceivedBlob> ReceiveAsync(
        PipeReader body, Func<long, ValueTask<long>> limit, HashAlgorithmName? algorithm, CancellationToken ct)
    {
        var (handle, path) = Create();
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var other = algorithm is { } name ? IncrementalHash.CreateHash(name) : null;
        try
        {
            var size = await WriteAsync(handle, 0, body, limit, part =>
            {
                sha256.AppendData(part.Span);
                other?.AppendData(part.Span);
            }, ct);
            return new ReceivedBlob(handle, path, Digest.Of(sha256.GetHashAndReset()), other?.GetHashAndReset(), size);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Writes all of <paramref name="body"/> at the end of a file.</summary>
    /// <param name="file">Opened for writing.</param>
    /// <param name="from">How long it is.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="limit">Says, before the file grows to a length, how long it may become.</param>
    /// <param name="hash">Gets each part in order, while it is written.</param>
    /// <param name="ct">Breaks it off.</param>
    /// <returns>How long the file is now. Nothing of it is surely on the disk.</returns>
    /// <exception cref="ContentTooLargeException">It would be longer than the limit.</exception>
    /// <exception cref="DiskFullException">The disk has no room for it.</exception>
    internal async Task<long> WriteAsync(
        SafeFileHandle file, long from, PipeReader body, Func<long, ValueTask<long>> limit, Action<ReadOnlyMemory<byte>> hash,
        CancellationToken ct)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        try
        {
            var (size, begun, ask, ended) = (from, from, from + AskEvery, false);
            while (!ended)
            {
                var read = await body.ReadAtLeastAsync(ChunkBytes, ct);
                try
                {
                    if (read.IsCanceled) throw new OperationCanceledException(ct);
                    var next = size + read.Buffer.Length;
                    if (await limit(next) is var most && next > most) throw new ContentTooLargeException(most);
                    if (size + read.Buffer.Length > ask)
                    {
                        ask += AskEvery;
                        if (guard.Refuse() is { } full) throw new DiskFullException(full);
                    }

                    parts.Clear();
                    foreach (var part in read.Buffer) parts.Add(part);
                    var writing = RandomAccess.WriteAsync(file, parts, size, CancellationToken.None);
                    foreach (var part in parts) hash(part);
                    await writing;
                    size += read.Buffer.Length;
                }
                finally
                {
                    // The server takes its memory back: what was read is not there any more.
                    body.AdvanceTo(read.Buffer.End);
                }

                ended = read.IsCompleted;
                if (size - begun < WriteBackEvery) continue;
                BlobFiles.BeginWriteBack(file, begun, size - begun);
                begun = size;
            }

            return size;
        }
        catch (Exception e) when (DiskFullException.Is(e))
        {
            throw new DiskFullException("The disk is full: nothing of this upload was kept. Free some space and send it again.", e);
        }
    }

    private (SafeFileHandle Handle, string Path) Create()
    {
        try
        {
            return files.Create();
        }
        catch (IOException e) when (DiskFullException.Is(e))
        {
            throw new DiskFullException("The disk is full: nothing can be received. Free some space and send it again.", e);
        }
    }
}

/// <summary>413: a content is longer than it may be.</summary>
public sealed class ContentTooLargeException(long limitBytes)
    : AuxoException("upload/too-large", StatusCodes.Status413PayloadTooLarge,
        $"The content has more than the {limitBytes} bytes for which there is room; nothing of it was kept.");

/// <summary>507: the disk has no room.</summary>
public sealed class DiskFullException(string detail, Exception? inner = null)
    : AuxoException("disk/full", StatusCodes.Status507InsufficientStorage, detail, inner)
{
    /// <summary>ENOSPC and EDQUOT, as .NET reports them.</summary>
    internal static bool Is(Exception e) => e is IOException { HResult: 28 or 122 or unchecked((int)0x80070070) };
}
