using System.Diagnostics;
using System.Globalization;

using Auxo.Pipeline.Execution.Cgroups;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// Looks now and then at what the kernel does not stop by itself: the size of the workspace, and, without control groups,
/// memory and processes.
/// </summary>
/// <param name="settings">The limits.</param>
/// <param name="time">For the interval.</param>
/// <param name="workspace">Measured.</param>
/// <param name="cgroup">The step's groups, or null.</param>
/// <param name="root">The process above all of the step's, asked each time; null when somebody else counts memory and processes.</param>
internal sealed class StepWatch(ExecutionSettings settings, TimeProvider time, string workspace, StepCgroup? cgroup, Func<int>? root)
{
    /// <summary>
    /// However quiet the disk looks, the workspace is measured this often: another program may have freed what the step took.
    /// </summary>
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(15);

    private long _measured;

    /// <summary>The most that was seen of the processes; null when control groups count, or before the first look.</summary>
    public StepUsage? Seen { get; private set; }

    /// <summary>Ends with the limit that the step went beyond, in words.</summary>
    /// <exception cref="OperationCanceledException">The step is over.</exception>
    public async Task<string> UntilExceededAsync(CancellationToken ct)
    {
        var disk = new DriveInfo(workspace);
        var freeAtStart = disk.AvailableFreeSpace;
        _measured = time.GetTimestamp();
        using var timer = new PeriodicTimer(settings.WatchInterval, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                if (await ExceededAsync(disk, freeAtStart, ct) is { } reason) return reason;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
            {
                // A look that failed says nothing; the next one comes soon.
            }
        }

        throw new OperationCanceledException(ct);
    }

    private async Task<string?> ExceededAsync(DriveInfo disk, long freeAtStart, CancellationToken ct)
    {
        if ((cgroup is not null ? cgroup.Exceeded(settings) : root is null ? null : ExceededByTree(root())) is { } reason) return reason;

        var free = disk.AvailableFreeSpace;
        if (free < settings.DiskReserveBytes
            && free < freeAtStart) return $"the disk has less than {settings.DiskReserveBytes >> 20} MiB left";

        // Walking the tree is dear, asking the file system is not: only a disk that loses space needs a walk.
        if (freeAtStart - free < settings.WorkspaceBytes / 2 && time.GetElapsedTime(_measured) < AtLeast) return null;
        _measured = time.GetTimestamp();
        return await MeasureAsync(ct) > settings.WorkspaceBytes ? $"the workspace grew beyond {settings.WorkspaceBytes >> 20} MiB" : null;
    }

    private string? ExceededByTree(int first)
    {
        var processes = ProcessTree.Descendants(first);
        Note(ProcessTree.Use(first) is { } top ? [top, .. processes] : processes);
        if (processes.Sum(static p => p.Threads) > settings.Processes) return $"it started more than {settings.Processes} processes";
        return processes.Sum(static p => p.MemoryBytes) > settings.MemoryBytes
            ? $"it needed more than {settings.MemoryBytes >> 20} MiB of memory"
            : null;
    }

    private void Note(IReadOnlyList<ProcessUse> processes)
    {
        var processor = TimeSpan.FromTicks(processes.Sum(static p => p.Processor.Ticks));
        var memory = processes.Sum(static p => p.MemoryBytes);
        Seen = Seen is not { } before ? new StepUsage(processor, memory)
            : new StepUsage(
                processor > before.Processor ? processor : before.Processor, Math.Max(memory, before.PeakMemoryBytes ?? 0));
    }

    /// <summary>
    /// Allocated bytes. <c>du</c> counts what .NET cannot name (names that are no UTF-8) and is not fooled by sparse files.
    /// </summary>
    private async Task<long> MeasureAsync(CancellationToken ct)
    {
        var start = new ProcessStartInfo("du", ["-skx", "--", workspace])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var du = Process.Start(start);
        if (du is null) return 0;
        du.ErrorDataReceived += static (_, _) => { };
        du.BeginErrorReadLine();
        var output = await du.StandardOutput.ReadToEndAsync(ct);
        await du.WaitForExitAsync(ct);
        return long.TryParse(output.AsSpan(0, Math.Max(0, output.IndexOf('\t'))), NumberStyles.None,
            CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : 0;
    }
}
