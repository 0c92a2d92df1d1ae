using System.Globalization;

namespace Auxo.Pipeline.Execution.Cgroups;

/// <summary>The control groups of one running step: one folder on version 2, one per controller on version 1.</summary>
internal sealed class StepCgroup(IReadOnlyList<string> folders, string memory, string pids, string accounting) : IAsyncDisposable
{
    /// <summary>The folders whose <c>cgroup.procs</c> the step's first process enters.</summary>
    public IReadOnlyList<string> Folders { get; } = folders;

    /// <summary>Moves a process into the groups; what it starts from then on is in them too.</summary>
    /// <exception cref="IOException">The system refused, or the process is gone.</exception>
    public void Enter(int processId)
    {
        foreach (var folder in Folders) File.WriteAllText(
            Path.Combine(folder, "cgroup.procs"), processId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Which limit the step ran into, in words; null when none.</summary>
    public string? Exceeded(ExecutionSettings settings)
    {
        // Version 1 tells of kills in memory.oom_control, version 2 in memory.events; both write "oom_kill N".
        if (Count(Path.Combine(memory, "memory.oom_control"), "oom_kill ") > 0
            || Count(Path.Combine(memory, "memory.events"), "oom_kill ") > 0)
            return $"it needed more than {settings.MemoryBytes >> 20} MiB of memory";
        return Count(Path.Combine(pids, "pids.events"), "max ") > 0 ? $"it started more than {settings.Processes} processes" : null;
    }

    /// <summary>What all processes in the groups took so far.</summary>
    public StepUsage Usage()
    {
        var count = new UsageCount();
        foreach (var (folder, file) in new[]
        {
            (accounting, "cpuacct.usage"), (accounting, "cpu.stat"), (memory, "memory.max_usage_in_bytes"), (memory, "memory.peak"),
            (memory, "io.stat"),
        })
        {
            try
            {
                foreach (var line in File.ReadLines(Path.Combine(folder, file))) count.Take(file, line);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It belongs to the other version, or to a controller that is not handed to us.
            }
        }

        return count.Usage;
    }

    /// <summary>Removes the folders; one that still has a dying process is tried again, and at worst swept at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var folder in Folders)
        {
            for (var attempt = 0; !TryRemove(folder) && attempt < 20; attempt++) await Task.Delay(
                TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    internal static bool TryRemove(string folder)
    {
        try
        {
            // Only rmdir works on a control group; its files cannot be deleted.
            if (Directory.Exists(folder)) DirectoryRemoval.Remove(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Count(string file, string key)
    {
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                if (line.StartsWith(key, StringComparison.Ordinal)) return long.Parse(
                    line.AsSpan(key.Length), CultureInfo.InvariantCulture);
            }
        }
        catch (IOException)
        {
            // The file belongs to the other version, or the group is gone.
        }

        return 0;
    }
}
