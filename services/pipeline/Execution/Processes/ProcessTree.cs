using System.Globalization;
using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// The processes below one process, as <c>/proc</c> shows them. In a pid namespace every process descends from its first one,
/// so nothing gets away; on the host, those of its session count too, whoever their parent is by now.
/// </summary>
internal static partial class ProcessTree
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Sends a signal to a process; one that has ended is left alone.</summary>
    public static void Signal(int processId, int signal)
    {
        if (processId > 1) _ = SendSignal(processId, signal);
    }

    /// <summary>Sends a signal to all processes below <paramref name="root"/>, not to itself.</summary>
    public static void SignalDescendants(int root, int signal)
    {
        foreach (var process in Descendants(root)) Signal(process.Id, signal);
    }

    /// <summary>False when the process has ended, also when nobody has asked for its exit code yet.</summary>
    public static bool IsAlive(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return stat.Length > stat.LastIndexOf(')') + 2 && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>All processes below <paramref name="root"/>; empty where there is no <c>/proc</c>.</summary>
    public static IReadOnlyList<ProcessUse> Descendants(int root)
    {
        if (!Directory.Exists("/proc")) return [];
        var children = new Dictionary<int, List<ProcessUse>>();
        var found = new List<ProcessUse>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (Read(id, folder) is not var (parent, session, use)) continue;
            if (session == root && id != root) found.Add(use);
            if (!children.TryGetValue(parent, out var list)) children.Add(parent, list = []);
            list.Add(use);
        }

        var next = new Stack<int>([root]);
        while (next.TryPop(out var id))
        {
            if (!children.Remove(id, out var list)) continue;
            found.AddRange(list.Except(found));
            foreach (var child in list) next.Push(child.Id);
        }

        return found;
    }

    /// <summary>What one process holds; null when it has ended.</summary>
    public static ProcessUse? Use(int id) => Read(id, string.Create(CultureInfo.InvariantCulture, $"/proc/{id}"))?.Use;

    private static (int Parent, int Session, ProcessUse Use)? Read(int id, string folder)
    {
        try
        {
            // pid (name, which may contain anything) state ppid pgrp session … utime, stime, and those of children that have ended are
            // the 14th to 17th, in hundredths of a second; threads is the 20th and rss, in pages, the 24th field.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (
                int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture),
                new ProcessUse(id, int.Parse(fields[17], CultureInfo.InvariantCulture),
                    long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize,
                    TimeSpan.FromMilliseconds(fields[11..15].Sum(static ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) * 10)));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}

/// <summary>A process, what it holds, and the processor time of it and of its children that have ended.</summary>
internal readonly record struct ProcessUse(int Id, int Threads, long MemoryBytes, TimeSpan Processor);
