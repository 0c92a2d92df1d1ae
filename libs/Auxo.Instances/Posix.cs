using System.Runtime.InteropServices;

namespace Auxo.Instances;

/// <summary>The two calls of libc that .NET does not offer.</summary>
public static class Posix
{
    /// <summary>Sends a signal; 0 asks only whether the process is there.</summary>
    /// <returns>0, or -1 when there is no such process or it belongs to another user.</returns>
    public static int Kill(int processId, int signal) => Libc.Kill(processId, signal);

    /// <summary>The effective user id; 0 is root.</summary>
    public static uint EffectiveUserId() => Libc.EffectiveUserId();

    private static class Libc
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int processId, int signal);

        [DllImport("libc", EntryPoint = "geteuid")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern uint EffectiveUserId();
    }
}
