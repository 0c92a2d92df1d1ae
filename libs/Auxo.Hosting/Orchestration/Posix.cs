using System.Runtime.InteropServices;

namespace Auxo.Hosting.Orchestration;

/// <summary>The two calls of libc that .NET does not offer.</summary>
internal static class Posix
{
    /// <summary>Sends a signal; 0 asks only whether the process is there.</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Kill(int processId, int signal);

    /// <summary>The effective user id; 0 is root.</summary>
    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern uint EffectiveUserId();
}
