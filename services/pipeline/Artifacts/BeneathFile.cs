using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Artifacts;

/// <summary>
/// Opens a file below a folder without ever going through a link or out of the folder, even while somebody swaps them: <c>openat2</c> with
/// RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS. Steps that run at the same time own the folder, and this process may read what they may not.
/// </summary>
internal static partial class BeneathFile
{
    private const long OpenAt2 = 437;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int PathOnly = 0x200000;
    private const int EmptyPath = 0x1000;
    private const ulong Beneath = 0x08;
    private const ulong NoSymlinks = 0x04;
    private const ulong NoMagicLinks = 0x02;

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="folder">A folder that we made ourselves.</param>
    /// <param name="relative">Below it.</param>
    /// <param name="refusal">Why there is no handle.</param>
    public static SafeFileHandle? Open(string folder, string relative, out string? refusal)
    {
        if (!OperatingSystem.IsLinux())
        {
            // O_NOFOLLOW_ANY is what macOS has; .NET cannot ask for it. Steps run in containers there, which are gone by now.
            refusal = new FileInfo(Path.Combine(folder, relative)).LinkTarget is null ? null : "is a link";
            return refusal is null ? File.OpenHandle(Path.Combine(folder, relative)) : null;
        }

        using var root = OpenAt(-100, folder, PathOnly | CloseOnExec, NoMagicLinks);
        if (root is null)
        {
            refusal = "cannot be opened: " + Marshal.GetLastPInvokeErrorMessage();
            return null;
        }

        // Without O_NONBLOCK the open of a named pipe waits for a writer forever.
        var handle = OpenAt(root.DangerousGetHandle(), relative, NonBlocking | CloseOnExec, Beneath | NoSymlinks | NoMagicLinks);
        refusal = handle is null
            ? $"cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}"
            : IsRegular(handle) ? null
            : "is no regular file";
        if (refusal is null) return handle;
        handle?.Dispose();
        return null;
    }

    private static SafeFileHandle? OpenAt(nint folder, string path, int flags, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)flags, Resolve = resolve };
        var descriptor = Call(OpenAt2, folder, path, ref how, (nuint)Marshal.SizeOf<OpenHow>());
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static bool IsRegular(SafeFileHandle handle)
    {
        // struct statx is the same on every architecture: stx_mode is the 16-bit word at 28.
        Span<byte> buffer = stackalloc byte[256];
        return Statx(handle, "", EmptyPath, 1, ref MemoryMarshal.GetReference(buffer)) == 0
            && (BitConverter.ToUInt16(buffer[28..]) & 0xF000) == 0x8000;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Call(long number, nint folder, string path, ref OpenHow how, nuint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(SafeFileHandle file, string path, int flags, uint mask, ref byte buffer);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
