using System.Globalization;

namespace Auxo.Benchmarks.Measuring;

/// <summary>
/// What processes have used of the processors: unlike the time on the wall, it hardly depends on what else the machine does
/// (Linux).
/// </summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of a process and its children, in user and kernel, since they began.</summary>
    public static double SecondsOf(int pid)
        => Fields(pid) is { } own ? Seconds(own) + Directory.EnumerateDirectories("/proc").Sum(folder =>
                int.TryParse(Path.GetFileName(folder), out var child)
                    && Fields(child) is { } fields && fields[1] == pid.ToString(CultureInfo.InvariantCulture) ? Seconds(fields) : 0)
            : 0;

    /// <summary>Seconds of a process alone, since it began; 0 when it is not there.</summary>
    public static double OwnSeconds(int pid) => Fields(pid) is { } fields ? Seconds(fields) : 0;

    /// <summary>Seconds of a process and of its children that have ended, since it began; 0 when it is not there.</summary>
    public static double WithEndedChildren(int pid)
        => Fields(pid) is { } fields
            ? fields[11..15].Sum(static ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond : 0;

    /// <summary>Seconds of a process, of its children and of those that have ended, since it began; 0 when it is not there.</summary>
    public static double WithAllChildren(int pid) => SecondsOf(pid) - OwnSeconds(pid) + WithEndedChildren(pid);

    private static double Seconds(string[] fields)
        => (double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;

    /// <summary>From the state on; the name before it may have spaces in it.</summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
