using System.Runtime.InteropServices;

using Auxo.Instances;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Registry.Blobs;

/// <summary>
/// The files of the store, in a folder that is nobody else's: <c>sha256/ab/abcdef…</c> for what is whole and on the disk,
/// <c>incoming/</c> for what is being received, <c>trash/</c> for what is being removed. No name that a user chose ever becomes
/// a path.
/// </summary>
public sealed partial class BlobFiles(string folder)
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead;

    /// <summary><c>SYNC_FILE_RANGE_WRITE</c> of Linux.</summary>
    private const uint BeginOnly = 2;
    private readonly string _incoming = Path.Combine(folder, "incoming");
    private readonly string _trash = Path.Combine(folder, "trash");
    private readonly string _whole = Path.Combine(folder, "sha256");

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>
    /// Makes the folders and removes what an earlier process was receiving: nobody got the answer that it is kept. The instance's
    /// lock sees to it that no other process receives here.
    /// </summary>
    public void Open()
    {
        PrivateFiles.MakeFolder(folder);
        foreach (var part in (ReadOnlySpan<string>)[_incoming, _trash, _whole]) Directory.CreateDirectory(part);
        foreach (var file in Directory.EnumerateFiles(_incoming)) File.Delete(file);
    }

    /// <summary>A new file to receive into.</summary>
    public (SafeFileHandle Handle, string Path) Create()
    {
        var path = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        return (File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite), path);
    }

    /// <summary>
    /// Opens a content for reading; null when it is not there. It stays readable while it is open, whatever happens to its
    /// name.
    /// </summary>
    public SafeFileHandle? OpenRead(Digest digest)
    {
        try
        {
            return File.OpenHandle(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether a content is there.</summary>
    public bool Exists(Digest digest) => File.Exists(PathOf(digest));

    /// <summary>How long a content is; null when it is not here.</summary>
    public long? LengthOf(Digest digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    /// <summary>
    /// Moves a received file, synced by the caller, to its place and makes its name durable. The same content already there is
    /// replaced by its like.
    /// </summary>
    public void MoveIn(string received, Digest digest)
    {
        var path = PathOf(digest);
        var shelf = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(shelf))
        {
            Directory.CreateDirectory(shelf);
            Sync(_whole);
        }

        File.SetUnixFileMode(received, ReadOnly);
        File.Move(received, path, overwrite: true);
        Sync(shelf);
    }

    /// <summary>Takes a content away, recoverably; false when it was not there.</summary>
    public bool MoveToTrash(Digest digest)
    {
        try
        {
            File.Move(PathOf(digest), Path.Combine(_trash, digest.Hex), overwrite: true);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Ends a content in the trash.</summary>
    public void Empty(Digest digest) => File.Delete(Path.Combine(_trash, digest.Hex));

    /// <summary>Puts a content from the trash back, unless the same is in place already.</summary>
    public void Restore(Digest digest)
    {
        var trashed = Path.Combine(_trash, digest.Hex);
        if (Exists(digest)) File.Delete(trashed);
        else MoveIn(trashed, digest);
    }

    /// <summary>What is in the trash, left there by a process that was killed at the wrong moment.</summary>
    public IEnumerable<Digest> Trashed() => Digests(_trash).Select(static file => file.Digest);

    /// <summary>Every content in place, and when it came.</summary>
    public IEnumerable<(Digest Digest, long SizeBytes, DateTimeOffset At)> All()
        => Directory.EnumerateDirectories(_whole)
            .SelectMany(Digests).Select(static f => (f.Digest, f.File.Length, new DateTimeOffset(f.File.LastWriteTimeUtc)));

    private static IEnumerable<(Digest Digest, FileInfo File)> Digests(string part)
    {
        foreach (var path in Directory.EnumerateFiles(part))
        {
            if (Digest.TryParse(Path.GetFileName(path), out var digest)) yield return (digest, new FileInfo(path));
        }
    }

    /// <summary>
    /// Has the disk begin with a part that is in memory only, and waits for nothing; a later sync has that much less to wait
    /// for. Only a hint, which Linux takes.
    /// </summary>
    internal static void BeginWriteBack(SafeFileHandle file, long from, long bytes)
    {
        if (OperatingSystem.IsLinux()) _ = SyncFileRange(file, from, bytes, BeginOnly);
    }

    private string PathOf(Digest digest) => Path.Combine(_whole, digest.Hex[..2], digest.Hex);

    /// <summary>A name is on the disk when its folder is.</summary>
    /// <exception cref="IOException">The folder could not be synced, so nothing may be promised.</exception>
    private static void Sync(string path)
    {
        var descriptor = OpenFolder(path, 0);
        if (descriptor < 0) throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (SyncFile(handle) != 0) throw new IOException($"{path} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFile(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(SafeFileHandle file, long from, long bytes, uint flags);
}
