using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Artifacts;

/// <summary>
/// Content by digest: <c>blobs/sha256/ab/abcdef…</c>. A file that is there is whole and on the disk: written aside, synced,
/// then moved.
/// </summary>
internal sealed partial class BlobStore(string folder)
{
    private const int BufferBytes = 256 << 10;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly TimeSpan Young = TimeSpan.FromDays(1);
    private readonly Lock _gate = new();

    /// <summary>The file of a digest (<c>sha256:</c> and 64 hex digits), or null.</summary>
    public string? Find(string digest)
    {
        if (!digest.StartsWith("sha256:", StringComparison.Ordinal)
            || digest.Length != 71 || digest.AsSpan(7).ContainsAnyExcept(Hex)) return null;
        var path = PathOf(digest[7..]);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Copies a file in, hashing on the way.</summary>
    /// <returns>Digest and size; null when it has more than <paramref name="limitBytes"/> bytes.</returns>
    public Task<(string Digest, long SizeBytes)?> AddAsync(SafeFileHandle source, long limitBytes, CancellationToken ct)
        => AddAsync((buffer, offset) => RandomAccess.ReadAsync(source, buffer, offset, ct), limitBytes, promised: null, ct);

    /// <summary>Takes in what was promised to be the content of a digest.</summary>
    /// <returns>Its size; null when it is another content, or has more than <paramref name="limitBytes"/> bytes.</returns>
    public async Task<long?> AddAsync(Stream source, string promised, long limitBytes, CancellationToken ct)
        => (await AddAsync((buffer, _) => source.ReadAsync(buffer, ct), limitBytes, promised, ct))?.SizeBytes;

    private async Task<(string Digest, long SizeBytes)?> AddAsync(
        Func<Memory<byte>, long, ValueTask<int>> read, long limitBytes, string? promised, CancellationToken ct)
    {
        var incoming = Directory.CreateDirectory(Path.Combine(folder, "incoming")).FullName;
        var temporary = Path.Combine(incoming, Guid.NewGuid().ToString("N"));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            using (var target = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                int count;
                while ((count = await read(buffer, size)) > 0)
                {
                    if (size + count > limitBytes) return null;
                    hash.AppendData(buffer, 0, count);
                    await RandomAccess.WriteAsync(target, buffer.AsMemory(0, count), size, ct);
                    size += count;
                }

                var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
                if (promised is not null && promised != $"sha256:{digest}") return null;
                var path = PathOf(digest);
                if (!Touch(path))
                {
                    RandomAccess.FlushToDisk(target);
                    var shelf = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
                    File.Move(temporary, path, overwrite: true);
                    SyncFolder(shelf);
                }

                return ($"sha256:{digest}", size);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Removes contents that are in no list and not young: a build that keeps a content makes it young first and writes its
    /// list afterwards.
    /// </summary>
    /// <param name="kept">The digests of all lists.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Stops between two files.</param>
    public void Sweep(IReadOnlySet<string> kept, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var part in (string[])["sha256", "incoming"])
        {
            if (!Directory.Exists(Path.Combine(folder, part))) continue;
            foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, part), "*", SearchOption.AllDirectories))
            {
                ct.ThrowIfCancellationRequested();
                if (kept.Contains("sha256:" + Path.GetFileName(path))) continue;
                lock (_gate)
                {
                    if (new FileInfo(path) is { Exists: true } file && file.LastWriteTimeUtc < now.UtcDateTime - Young) file.Delete();
                }
            }
        }
    }

    /// <summary>Makes a content young that is there already; false when it is not.</summary>
    private bool Touch(string path)
    {
        lock (_gate)
        {
            if (!File.Exists(path)) return false;
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
            return true;
        }
    }

    private string PathOf(string hex) => Path.Combine(folder, "sha256", hex[..2], hex);

    /// <summary>A name is on the disk when its folder is.</summary>
    internal static void SyncFolder(string path)
    {
        var descriptor = Open(path, 0);
        if (descriptor < 0) return;
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        _ = Sync(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(SafeFileHandle file);
}
