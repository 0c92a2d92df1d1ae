using System.Diagnostics;

using Auxo.Hosting.Orchestration;

namespace Auxo.Hosting.Instance;

/// <summary>What the system says about processes that are not our children.</summary>
internal static class Processes
{
    /// <summary>Whether a process exists. One that has ended and waits for its parent to look (a zombie) does not.</summary>
    public static bool IsAlive(int pid)
    {
        if (pid <= 0 || (Posix.Kill(pid, 0) != 0 && !Directory.Exists($"/proc/{pid}"))) return false;
        try
        {
            return !OperatingSystem.IsLinux() || !File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The program and its arguments; empty when there is no such process.</summary>
    public static string CommandLine(int pid)
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ')
                : Process.GetProcessById(pid).MainModule?.FileName ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>Waits for a process that is not our child to end.</summary>
    public static bool WaitUntilGone(int pid, TimeSpan limit)
        => SpinWait.SpinUntil(() => !IsAlive(pid), limit);
}
