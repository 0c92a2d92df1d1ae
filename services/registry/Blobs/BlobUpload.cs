using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

using Auxo.ServiceDefaults.Disk;

namespace Auxo.Registry.Blobs;

/// <summary>A content that has been received whole and lies on the disk, but not yet in its place. Disposing it removes what was not moved in.</summary>
public sealed class ReceivedBlob : IDisposable
{
    private readonly string _path;

    internal ReceivedBlob(string path, Digest digest, byte[]? sha512, long sizeBytes) => (_path, Digest, Sha512, SizeBytes) = (path, digest, sha512, sizeBytes);

    /// <summary>What it is.</summary>
    public Digest Digest { get; }

    /// <summary>Its SHA-512, when it was asked for.</summary>
    public byte[]? Sha512 { get; }

    /// <summary>How long it is.</summary>
    public long SizeBytes { get; }

    internal void MoveIn(BlobFiles files) => files.MoveIn(_path, Digest);

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_path);
}

/// <summary>
/// Receives a content: hashes while it writes, and syncs at the end. Whatever breaks it off (the client, a limit, the disk) leaves nothing behind.
/// </summary>
/// <param name="files">Where to.</param>
/// <param name="guard">Asked now and then, since others fill the disk too.</param>
public sealed class BlobUpload(BlobFiles files, DiskGuard guard)
{
    private const int BufferBytes = 1 << 20;
    private const long AskEvery = 64L << 20;

    /// <summary>Receives all of <paramref name="body"/>.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="limitBytes">More are refused.</param>
    /// <param name="sha512">Compute this digest too; it costs three times as much as SHA-256.</param>
    /// <param name="ct">Breaks it off.</param>
    /// <exception cref="ContentTooLargeException">It is longer than the limit.</exception>
    /// <exception cref="DiskFullException">The disk has no room for it.</exception>
    public async Task<ReceivedBlob> ReceiveAsync(PipeReader body, long limitBytes, bool sha512, CancellationToken ct)
    {
        var (handle, path) = Create();
        byte[][] buffers = [ArrayPool<byte>.Shared.Rent(BufferBytes), ArrayPool<byte>.Shared.Rent(BufferBytes)];
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var other = sha512 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null;
        var writing = Task.CompletedTask;
        try
        {
            long size = 0;
            var ask = AskEvery;
            // One buffer is hashed while it is written; meanwhile the other one fills.
            for (var turn = 0; ; turn ^= 1)
            {
                var buffer = buffers[turn];
                var (length, ended) = await FillAsync(body, buffer.AsMemory(0, BufferBytes), ct);
                if (size + length > limitBytes) throw new ContentTooLargeException(limitBytes);
                await writing;
                if (size + length > ask)
                {
                    ask += AskEvery;
                    if (guard.Refuse() is { } full) throw new DiskFullException(full);
                }

                if (length > 0)
                {
                    writing = RandomAccess.WriteAsync(handle, buffer.AsMemory(0, length), size, ct).AsTask();
                    sha256.AppendData(buffer, 0, length);
                    other?.AppendData(buffer, 0, length);
                    size += length;
                }

                if (!ended) continue;
                await writing;
                RandomAccess.FlushToDisk(handle);
                handle.Dispose();
                return new ReceivedBlob(path, Digest.Of(sha256.GetHashAndReset()), other?.GetHashAndReset(), size);
            }
        }
        catch (Exception e)
        {
            await writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            handle.Dispose();
            File.Delete(path);
            if (DiskFullException.Is(e)) throw new DiskFullException("The disk is full: nothing of this upload was kept. Free some space and send it again.", e);
            throw;
        }
        finally
        {
            foreach (var buffer in buffers) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private (Microsoft.Win32.SafeHandles.SafeFileHandle Handle, string Path) Create()
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

    private static async Task<(int Length, bool Ended)> FillAsync(PipeReader body, Memory<byte> buffer, CancellationToken ct)
    {
        var length = 0;
        while (true)
        {
            var read = await body.ReadAsync(ct);
            var take = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length - length));
            take.CopyTo(buffer.Span[length..]);
            length += (int)take.Length;
            var all = take.Length == read.Buffer.Length;
            body.AdvanceTo(take.End);
            if (read.IsCanceled) throw new OperationCanceledException(ct);
            if (read.IsCompleted && all) return (length, true);
            if (length == buffer.Length) return (length, false);
        }
    }
}

/// <summary>413: a content is longer than it may be.</summary>
public sealed class ContentTooLargeException(long limitBytes)
    : AuxoException("upload/too-large", StatusCodes.Status413PayloadTooLarge, $"The content has more than the {limitBytes} bytes for which there is room; nothing of it was kept.");

/// <summary>507: the disk has no room.</summary>
public sealed class DiskFullException(string detail, Exception? inner = null) : AuxoException("disk/full", StatusCodes.Status507InsufficientStorage, detail, inner)
{
    /// <summary>ENOSPC and EDQUOT, as .NET reports them.</summary>
    internal static bool Is(Exception e) => e is IOException { HResult: 28 or 122 or unchecked((int)0x80070070) };
}
