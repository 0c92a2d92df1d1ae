using System.Globalization;

namespace Auxo.Cli.Nodes.Health;

/// <summary>Reads the machine. On Linux from <c>/proc</c>; elsewhere only what .NET tells.</summary>
internal static class ReadMachine
{
    /// <summary>Long enough to mean something, short enough for a command.</summary>
    private static readonly TimeSpan Measured = TimeSpan.FromMilliseconds(500);

    /// <param name="folders">Names and folders whose disks count; one that is not there stands for the nearest above it.</param>
    /// <param name="time">Waits between two looks at the processors.</param>
    /// <param name="ct">Ends the waiting.</param>
    public static async Task<MachineReading> ReadAsync(
        IEnumerable<(string Name, string Folder)> folders, TimeProvider time, CancellationToken ct)
    {
        var before = CpuTimes.Parse(Text("/proc/stat"));
        if (before is not null) await Task.Delay(Measured, time, ct);
        return new MachineReading(
            [.. folders.Select(static f => Disk(f.Name, f.Folder)).OfType<DiskReading>()],
            Memory(Text("/proc/meminfo")), CpuTimes.BusyPercent(before, CpuTimes.Parse(Text("/proc/stat"))),
            Environment.TickCount64 is > 0 and var ticks ? TimeSpan.FromMilliseconds(ticks) : null);
    }

    /// <summary>The part that a new program cannot have: 1 − MemAvailable / MemTotal. Null where the text does not say both.</summary>
    public static MemoryReading? Memory(string text)
    {
        long? Of(string name) => text.Split('\n').FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.Ordinal)) is { } line
            && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var number, ..]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kib) ? kib << 10 : null;
        return Of("MemTotal") is > 0 and var total && Of("MemAvailable") is { } available
            ? new MemoryReading(100.0 * (total - available) / total, available)
            : null;
    }

    private static DiskReading? Disk(string name, string folder)
    {
        var there = folder;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above) there = above;
        try
        {
            var drive = new DriveInfo(there);
            var used = drive.TotalSize - drive.TotalFreeSpace;
            var usable = used + drive.AvailableFreeSpace;
            return usable <= 0 ? null : new DiskReading(name, folder, 100.0 * used / usable, drive.AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string Text(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
