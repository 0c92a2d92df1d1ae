using System.Diagnostics;


namespace Auxo.Instances;

/// <summary>What the system says about processes that are not our children.</summary>
public static class Processes
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

    /// <summary>The first process whose command line is as <paramref name="condition"/> says (Linux); null when there is none.</summary>
    public static int? Find(Func<string, bool> condition)
        => Directory.EnumerateDirectories("/proc").Select(static folder => int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && condition(CommandLine(pid))).Select(static pid => (int?)pid).FirstOrDefault();

    /// <summary>Waits for a process that is not our child to end.</summary>
    public static bool WaitUntilGone(int pid, TimeSpan limit)
        => SpinWait.SpinUntil(() => !IsAlive(pid), limit);
}
