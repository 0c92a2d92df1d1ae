using System.Collections.Concurrent;
using System.Security.Cryptography;

using Auxo.Registry.Blobs;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Registry.Oci.Uploads;

/// <summary>
/// The files of uploads that are under way, in a folder beside the contents, named by the upload's id. They outlive the process: a
/// client goes on where the disk has it.
/// </summary>
public sealed class UploadFiles(BlobFiles blobs)
{
    private const int BufferBytes = 1 << 20;
    private readonly ConcurrentDictionary<Guid, Upload> _open = [];
    private readonly string _folder = Path.Combine(blobs.Folder, "uploads");

    /// <summary>Makes the folder.</summary>
    public void Open() => Directory.CreateDirectory(_folder);

    /// <summary>Waits until nobody else writes to this upload, and takes it; dispose it in the end.</summary>
    internal async Task<Upload> EnterAsync(Guid id, CancellationToken ct)
    {
        while (true)
        {
            var upload = _open.GetOrAdd(id, id => new Upload(this, id));
            await upload.Gate.WaitAsync(ct);
            // It may have ended while we waited: then it is not the one that others find.
            if (_open.TryGetValue(id, out var now) && ReferenceEquals(now, upload)) return upload;
            upload.Gate.Release();
        }
    }

    /// <summary>Takes it where nobody else writes to it; null where somebody does.</summary>
    internal Upload? TryEnter(Guid id)
    {
        var upload = _open.GetOrAdd(id, id => new Upload(this, id));
        if (!upload.Gate.Wait(0)) return null;
        if (_open.TryGetValue(id, out var now) && ReferenceEquals(now, upload)) return upload;
        upload.Gate.Release();
        return null;
    }

    /// <summary>Removes the file of an upload that has ended.</summary>
    public void Remove(Guid id)
    {
        _open.TryRemove(id, out _);
        File.Delete(PathOf(id));
    }

    /// <summary>Forgets what is known in memory; the file is gone or has become a content.</summary>
    internal void Forget(Guid id) => _open.TryRemove(id, out _);

    /// <summary>Every file, and when it was written to.</summary>
    internal IEnumerable<(Guid Id, DateTimeOffset At)> All()
    {
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (Guid.TryParseExact(file.Name, "N", out var id)) yield return (id, new DateTimeOffset(file.LastWriteTimeUtc));
        }
    }

    internal string PathOf(Guid id) => Path.Combine(_folder, id.ToString("N"));

    /// <summary>One upload, held by one request at a time.</summary>
    internal sealed class Upload(UploadFiles files, Guid id) : IDisposable
    {
        private IncrementalHash? _sha256;

        /// <summary>Who has it may write.</summary>
        public SemaphoreSlim Gate { get; } = new(1, 1);

        /// <summary>So many bytes are in the hash, and in the file.</summary>
        public long Hashed { get; private set; }

        /// <summary>
        /// Opens the file at that length: what came after it was never answered. Null when the file is gone. The hash is made again from
        /// the file where this process has not seen all of it.
        /// </summary>
        public SafeFileHandle? OpenAt(long length)
        {
            SafeFileHandle handle;
            try
            {
                handle = File.OpenHandle(files.PathOf(id), length == 0 ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite);
            }
            catch (FileNotFoundException)
            {
                return null;
            }

            try
            {
                var there = RandomAccess.GetLength(handle);
                if (there < length)
                {
                    handle.Dispose();
                    return null;
                }

                if (there > length) RandomAccess.SetLength(handle, length);
                if (_sha256 is null || Hashed != length) HashAgain(handle, length);
                return handle;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }

        /// <summary>The next bytes.</summary>
        public void Append(ReadOnlyMemory<byte> part)
        {
            _sha256!.AppendData(part.Span);
            Hashed += part.Length;
        }

        /// <summary>Of all of it.</summary>
        public Digest Digest() => Auxo.Registry.Blobs.Digest.Of(_sha256!.GetCurrentHash());

        /// <summary>Another hash, which is computed from the file.</summary>
        public static byte[] Sha512(SafeFileHandle handle, long length)
        {
            using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            Read(handle, length, part => sha512.AppendData(part.Span));
            return sha512.GetHashAndReset();
        }

        /// <summary>What the disk has is not what was hashed: it is hashed again when it goes on.</summary>
        public void Lose() => Hashed = -1;

        public void Dispose() => Gate.Release();

        private void HashAgain(SafeFileHandle handle, long length)
        {
            _sha256?.Dispose();
            _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Hashed = 0;
            Read(handle, length, Append);
        }

        private static void Read(SafeFileHandle handle, long length, Action<ReadOnlyMemory<byte>> take)
        {
            var buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(1, length))];
            for (var at = 0L; at < length;)
            {
                var read = RandomAccess.Read(handle, buffer, at);
                if (read == 0) throw new IOException("An upload is shorter on the disk than it was when it was received.");
                var count = (int)Math.Min(read, length - at);
                take(buffer.AsMemory(0, count));
                at += count;
            }
        }
    }
}
