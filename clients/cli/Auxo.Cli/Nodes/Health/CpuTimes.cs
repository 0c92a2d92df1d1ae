using System.Globalization;

namespace Auxo.Cli.Nodes.Health;

/// <summary>What all processors together have done since the start, in the kernel's ticks.</summary>
/// <param name="Idle">Nothing, or waiting for a disk.</param>
/// <param name="Total">All.</param>
internal sealed record CpuTimes(long Idle, long Total)
{
    /// <summary>Reads the first line of <c>/proc/stat</c>; null when it is not that.</summary>
    public static CpuTimes? Parse(string stat)
    {
        var fields = stat.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not ["cpu", _, _, _, _, _, ..]) return null;
        // user nice system idle iowait irq softirq steal; what follows (guest) is counted in user already.
        var ticks = new List<long>();
        foreach (var field in fields.Skip(1).Take(8))
        {
            if (!long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            ticks.Add(number);
        }

        return new CpuTimes(ticks[3] + ticks[4], ticks.Sum());
    }

    /// <summary>The busy share between two looks, 0 to 100; null when either is missing or no time has passed.</summary>
    public static double? BusyPercent(CpuTimes? before, CpuTimes? after)
        => before is null || after is null || after.Total <= before.Total ? null
            : Math.Clamp(100.0 * (1 - ((double)(after.Idle - before.Idle) / (after.Total - before.Total))), 0, 100);
}
