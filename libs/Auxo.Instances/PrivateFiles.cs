using System.Buffers.Text;
using System.Security.Cryptography;

namespace Auxo.Instances;

/// <summary>Files and folders that only their owner may read, whatever the umask is.</summary>
public static class PrivateFiles
{
    /// <summary>0700.</summary>
    public const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>0600.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Makes a folder, and gives one that is there this mode.</summary>
    public static void MakeFolder(string path, UnixFileMode mode = FolderMode)
    {
        Directory.CreateDirectory(path, mode);
        if (File.GetUnixFileMode(path) != mode) File.SetUnixFileMode(path, mode);
    }

    /// <summary>Replaces a file as a whole.</summary>
    public static void Write(string path, string content)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var writer = new StreamWriter(Open(fresh, System.IO.FileMode.CreateNew, FileShare.Read))) writer.Write(content);
        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Opens a file to write; it is made with the mode when it is not there.</summary>
    public static FileStream Open(string path, System.IO.FileMode how, FileShare share) => new(path, new FileStreamOptions
    {
        Mode = how, Access = how == System.IO.FileMode.OpenOrCreate ? FileAccess.ReadWrite : FileAccess.Write, Share = share,
        UnixCreateMode = FileMode,
    });

    /// <summary>A secret, <c>auxo_</c> and 256 random bits, made when it is first asked for.</summary>
    public static string Secret(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
            Write(path, "auxo_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
        return File.ReadAllText(path).Trim();
    }

    /// <summary>Takes every right on a file from others; a link is left alone.</summary>
    public static void Close(string path)
    {
        var file = new FileInfo(path);
        if (file is not { Exists: true, LinkTarget: null } || (file.UnixFileMode & Others) == UnixFileMode.None) return;
        try
        {
            file.UnixFileMode &= ~Others;
        }
        catch (FileNotFoundException)
        {
            // Removed at this moment.
        }
    }
}
