using System.Globalization;
using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Execution.Cgroups;

/// <summary>Where control groups for steps can be made on this machine.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Memory">The folder under which a step's memory group is made.</param>
/// <param name="Pids">The same for processes; on version 2 the same folder.</param>
/// <param name="Cpu">The same for processor time; null when that controller is not to be had.</param>
/// <param name="Accounting">On version 1, where processor time is counted; null on version 2, which counts in every group.</param>
internal sealed record CgroupTier(int Version, string Memory, string Pids, string? Cpu, string? Accounting = null)
{
    private const string Prefix = "auxo-step-";

    /// <summary>Finds the best tier whose folders this process may write; null when there is none.</summary>
    public static CgroupTier? Detect()
    {
        if (!File.Exists("/proc/self/mountinfo") || !File.Exists("/proc/self/cgroup")) return null;
        return Candidates(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines("/proc/self/cgroup"), Controllers)
            .FirstOrDefault(static tier => tier.Works());

        static string Controllers(string folder)
        {
            var file = Path.Combine(folder, "cgroup.subtree_control");
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
    }

    /// <summary>
    /// The places worth trying, best first. Version 2 wants a group above us that hands memory and pids to its children; in our
    /// own, processes stand in the way ("no internal processes"). Version 1 takes children of our own groups.
    /// </summary>
    /// <param name="mounts">Lines of <c>/proc/self/mountinfo</c>.</param>
    /// <param name="own">Lines of <c>/proc/self/cgroup</c>.</param>
    /// <param name="subtreeControl">Reads a folder's <c>cgroup.subtree_control</c>; empty when it has none.</param>
    internal static IEnumerable<CgroupTier> Candidates(
        IReadOnlyList<string> mounts, IReadOnlyList<string> own, Func<string, string> subtreeControl)
    {
        var groups = own.Select(static line => line.Split(':', 3)).Where(static parts => parts.Length == 3).ToList();
        var mounted = mounts.Select(Mount.Parse).OfType<Mount>().ToList();

        if (mounted.FirstOrDefault(static m => m.Type == "cgroup2") is { } unified
            && groups.FirstOrDefault(static g => g[0] == "0") is { } at)
        {
            for (var folder = unified.Locate(at[2]); folder is not null
                && folder.Length >= unified.Point.Length; folder = Path.GetDirectoryName(folder))
            {
                var controllers = subtreeControl(folder).Split(' ', '\n');
                if (controllers.Contains("memory") && controllers.Contains("pids"))
                    yield return new CgroupTier(2, folder, folder, controllers.Contains("cpu") ? folder : null);
            }
        }

        if (Legacy("memory") is { } memory && Legacy("pids") is { } pids)
            yield return new CgroupTier(1, memory, pids, Legacy("cpu"), Legacy("cpuacct"));

        string? Legacy(string controller)
            => mounted.FirstOrDefault(m => m.Type == "cgroup" && m.Options.Contains(controller)) is { } mount
                && groups.FirstOrDefault(g => g[1].Split(',').Contains(controller)) is { } group
                ? mount.Locate(group[2])
                : null;
    }

    /// <summary>Makes the groups of a step with its limits.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public StepCgroup Create(ExecutionSettings settings)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        var memory = Path.Combine(Memory, name);
        var pids = Path.Combine(Pids, name);
        var cpu = Cpu is null ? null : Path.Combine(Cpu, name);
        var accounting = Accounting is null ? null : Path.Combine(Accounting, name);
        var group = new StepCgroup(
            new[] { memory, pids, cpu, accounting }.OfType<string>().Distinct(StringComparer.Ordinal).ToList(), memory, pids,
            accounting ?? memory);
        try
        {
            foreach (var folder in group.Folders) Directory.CreateDirectory(folder);
            SetLimits(settings, memory, pids, cpu);
            return group;
        }
        catch
        {
            foreach (var folder in group.Folders) _ = StepCgroup.TryRemove(folder);
            throw;
        }
    }

    /// <summary>
    /// Removes groups that a killed Auxo left. Those of one that lives, here or in another folder, stay: a step may be about to
    /// enter.
    /// </summary>
    public void Sweep()
    {
        foreach (var parent in new[] { Memory, Pids, Cpu, Accounting }.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            foreach (var left in Directory.EnumerateDirectories(parent, Prefix + "*"))
            {
                var owner = Path.GetFileName(left)[Prefix.Length..].Split('-')[0];
                if (!Directory.Exists("/proc/" + owner)) _ = StepCgroup.TryRemove(left);
            }
        }
    }

    private void SetLimits(ExecutionSettings settings, string memory, string pids, string? cpu)
    {
        Set(pids, "pids.max", settings.Processes);
        if (Version == 2)
        {
            Set(memory, "memory.max", settings.MemoryBytes);
            TrySet(memory, "memory.swap.max", 0);
            TrySet(memory, "memory.oom.group", 1);
            if (cpu is not null) TrySet(cpu, "cpu.weight", 50);
            if (cpu is not null && settings.Processors is { } share) TrySet(cpu, "cpu.max", $"{(long)(share * 100_000)} 100000");
        }
        else
        {
            Set(memory, "memory.limit_in_bytes", settings.MemoryBytes);
            TrySet(memory, "memory.memsw.limit_in_bytes", settings.MemoryBytes);
            // Half the usual share: the services that read the log and answer people go first.
            if (cpu is not null) TrySet(cpu, "cpu.shares", 512);
            if (cpu is not null && settings.Processors is { } share) TrySet(cpu, "cpu.cfs_quota_us", (long)(share * 100_000));
        }
    }

    private bool Works()
    {
        try
        {
            var group = Create(new ExecutionSettings());
            foreach (var folder in group.Folders) DirectoryRemoval.Remove(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Set(string folder, string file, object value)
        => File.WriteAllText(Path.Combine(folder, file), Convert.ToString(value, CultureInfo.InvariantCulture));

    private static void TrySet(string folder, string file, object value)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path)) return;
        try
        {
            Set(folder, file, value);
        }
        catch (IOException)
        {
            // A nicety that this kernel does not grant; the limits that matter are set without mercy above.
        }
    }

    private sealed record Mount(string Root, string Point, string Type, string[] Options)
    {
        /// <summary><c>36 35 98:0 /root /point options - type source super-options</c>, with optional fields before the dash.</summary>
        public static Mount? Parse(string line)
        {
            var halves = line.Split(" - ", 2);
            var first = halves[0].Split(' ');
            var second = halves.Length == 2 ? halves[1].Split(' ') : [];
            return first.Length >= 6 && second.Length >= 3 ? new Mount(first[3], first[4], second[0], second[2].Split(',')) : null;
        }

        /// <summary>The folder of a group; in a container the mount shows only a part of the tree.</summary>
        public string Locate(string group)
        {
            if (Root != "/" && group.StartsWith(Root, StringComparison.Ordinal)) group = group[Root.Length..];
            return group.Trim('/') is { Length: > 0 } relative
                && !relative.StartsWith("..", StringComparison.Ordinal) ? Path.Combine(Point, relative) : Point;
        }
    }
}

/// <summary>
/// <c>rmdir</c> and nothing more; <see cref="Directory.Delete(string)"/> first looks whether the folder is empty, which a
/// control group never seems.
/// </summary>
internal static partial class DirectoryRemoval
{
    /// <exception cref="IOException">The system refused.</exception>
    public static void Remove(string folder)
    {
        if (RemoveDirectory(folder) != 0) throw new IOException($"{folder} could not be removed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RemoveDirectory(string path);
}
