using System.Runtime.InteropServices;

namespace Auxo.Instances;

/// <summary>The calls of libc that .NET does not offer.</summary>
public static class Posix
{
    /// <summary>Sends a signal; 0 asks only whether the process is there.</summary>
    /// <returns>0, or -1 when there is no such process or it belongs to another user.</returns>
    public static int Kill(int processId, int signal) => Libc.Kill(processId, signal);

    /// <summary>The effective user id; 0 is root.</summary>
    public static uint EffectiveUserId() => Libc.EffectiveUserId();

    /// <summary>
    /// What a path names, behind links: opening a named pipe waits for a writer without an end, and .NET cannot ask beforehand. Elsewhere
    /// than on Linux only folders are told from files.
    /// </summary>
    public static FileKind KindOf(string path)
    {
        if (!OperatingSystem.IsLinux()) return Directory.Exists(path) ? FileKind.Folder : File.Exists(path) ? FileKind.File : FileKind.None;
        // struct statx is the same on every architecture: stx_mode is the 16-bit word at 28.
        var status = new byte[256];
        return Libc.Status(-100, System.Text.Encoding.UTF8.GetBytes(path + '\0'), 0, 1, status) != 0 ? FileKind.None
            : (BitConverter.ToUInt16(status, 28) & 0xF000) switch
            {
                0x8000 => FileKind.File,
                0x4000 => FileKind.Folder,
                0x1000 => FileKind.Pipe,
                0xC000 => FileKind.Socket,
                _ => FileKind.Device,
            };
    }

    private static class Libc
    {
        [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Status(int folder, byte[] path, int flags, uint mask, [Out] byte[] status);

        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int processId, int signal);

        [DllImport("libc", EntryPoint = "geteuid")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern uint EffectiveUserId();
    }
}
