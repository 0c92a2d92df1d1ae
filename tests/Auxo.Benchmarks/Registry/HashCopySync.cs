using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry;

/// <summary>
/// What a person does by hand to keep a file and know that it is whole: hash it, copy it, sync the copy and its folder. In this
/// process, so that no start of a program counts against it; the bytes come from the page cache.
/// </summary>
internal sealed partial class HashCopySync : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("auxo-copies-");
    private long _next;

    /// <summary>Does it for so long.</summary>
    public async Task<LoadRound> RunAsync(byte[] content, int threads, TimeSpan duration)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var until = begun + (long)(duration.TotalSeconds * TimeProvider.System.TimestampFrequency);
        var all = await Task.WhenAll(Enumerable.Range(0, threads)
            .Select(_ => Task.Factory.StartNew(
                () => CopyUntil(content, until), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var milliseconds = all.SelectMany(static m => m).ToList();
        return new LoadRound(milliseconds.Count / TimeProvider.System.GetElapsedTime(begun).TotalSeconds, milliseconds);
    }

    /// <summary>Syncs of a small new file, in milliseconds: what this disk asks for each.</summary>
    public Series Syncs(int count)
    {
        var took = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var path = Path.Combine(_folder.FullName, "sync");
            using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, "sync"u8, 0);
                var begun = TimeProvider.System.GetTimestamp();
                RandomAccess.FlushToDisk(file);
                took.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
            }

            File.Delete(path);
        }

        return new Series(took);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private List<double> CopyUntil(byte[] content, long until)
    {
        var own = Interlocked.Increment(ref _next);
        var source = Path.Combine(_folder.FullName, $"source-{own}");
        File.WriteAllBytes(source, content);
        var latencies = new List<double>();
        do
        {
            var copy = Path.Combine(_folder.FullName, $"copy-{(content.Length > 1 << 20 ? own : Interlocked.Increment(ref _next))}");
            var stamp = new byte[16];
            Utf8Formatter.TryFormat(_next, stamp, out _, new System.Buffers.StandardFormat('D', 16));
            using (var file = File.OpenHandle(source, FileMode.Open, FileAccess.Write)) RandomAccess.Write(file, stamp, 0);
            var begun = TimeProvider.System.GetTimestamp();
            using (var file = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0)) SHA256.HashData(file);
            File.Copy(source, copy, overwrite: true);
            using (var file = File.OpenHandle(copy, FileMode.Open, FileAccess.Write)) RandomAccess.FlushToDisk(file);
            SyncFolder(_folder.FullName);
            latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }
        while (TimeProvider.System.GetTimestamp() < until);
        return latencies;
    }

    private static void SyncFolder(string path)
    {
        using var folder = new Microsoft.Win32.SafeHandles.SafeFileHandle(Open(path, 0), ownsHandle: true);
        if (folder.IsInvalid || Sync(folder) != 0) throw new IOException(
            $"{path} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(Microsoft.Win32.SafeHandles.SafeFileHandle file);
}
