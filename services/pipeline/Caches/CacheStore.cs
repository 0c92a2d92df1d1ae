using System.Security.Cryptography;
using System.Text;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Caches;

/// <summary>
/// What steps keep for later builds: one tar file for each repository, step and key. A file under its name is whole; when all together are
/// too large, those that were used longest ago go.
/// </summary>
/// <param name="folder">Where they lie; made when the first one comes.</param>
/// <param name="limitBytes">Of all together.</param>
/// <param name="time">When one was used.</param>
internal sealed class CacheStore(string folder, long limitBytes, TimeProvider time)
{
    private const string Ending = ".tar";
    private const string Incoming = ".incoming";
    private readonly Lock _gate = new();

    /// <summary>Removes what a killed process was writing.</summary>
    public void Sweep()
    {
        if (!Directory.Exists(folder)) return;
        foreach (var left in Directory.EnumerateFiles(folder, "*" + Incoming, SearchOption.AllDirectories)) File.Delete(left);
    }

    /// <summary>Opens what is kept under a key, or null.</summary>
    /// <param name="rid">Whose it is.</param>
    /// <param name="name">Of what: <see cref="CacheKey.Name"/>.</param>
    /// <param name="key">Made of what: <see cref="CacheKey.Key"/>; null for the newest.</param>
    public FileInfo? Find(Rid rid, string name, string? key)
    {
        var shelf = new DirectoryInfo(FolderOf(rid));
        if (!shelf.Exists) return null;
        var found = key is null
            ? shelf.EnumerateFiles($"{name}-*{Ending}").OrderByDescending(static file => file.LastWriteTimeUtc).FirstOrDefault()
            : new FileInfo(Path.Combine(shelf.FullName, $"{name}-{key}{Ending}"));
        if (found is not { Exists: true }) return null;
        File.SetLastAccessTimeUtc(found.FullName, time.GetUtcNow().UtcDateTime);
        return found;
    }

    /// <summary>Keeps a file's content; one that is there under this key already is replaced.</summary>
    /// <returns>Its size; null when it is larger than all together may be.</returns>
    public async Task<long?> AddAsync(Rid rid, string name, string key, SafeFileHandle source, CancellationToken ct)
    {
        var size = RandomAccess.GetLength(source);
        if (size > limitBytes) return null;
        var shelf = FolderOf(rid);
        PrivateFiles.MakeFolder(shelf);
        var incoming = Path.Combine(shelf, Guid.NewGuid().ToString("N") + Incoming);
        try
        {
            await using (var from = new FileStream(source, FileAccess.Read))
            await using (var to = new FileStream(incoming, FileMode.CreateNew, FileAccess.Write))
            {
                await from.CopyToAsync(to, ct);
                size = to.Length;
                to.Flush(flushToDisk: true);
            }

            CrashPoint.Hit("pipeline.cache.written");
            File.Move(incoming, Path.Combine(shelf, $"{name}-{key}{Ending}"), overwrite: true);
        }
        finally
        {
            File.Delete(incoming);
        }

        Trim();
        return size;
    }

    /// <summary>Of the repository: its name in the file system.</summary>
    private string FolderOf(Rid rid)
        => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rid.Value)))[..32]);

    private void Trim()
    {
        lock (_gate)
        {
            var files = new DirectoryInfo(folder).EnumerateFiles("*" + Ending, SearchOption.AllDirectories)
                .OrderByDescending(static file => file.LastAccessTimeUtc).ToList();
            long kept = 0;
            foreach (var file in files)
                if ((kept += file.Length) > limitBytes) file.Delete();
        }
    }
}
