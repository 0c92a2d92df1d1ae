using System.Globalization;

namespace Auxo.Pipeline.Execution.Cgroups;

/// <summary>
/// Reads what a step took from files of the kernel, line by line: those of its control groups, of either version, and
/// <c>/proc/PID/io</c>. What makes no sense counts as not told: in a container, the step itself may write these lines.
/// </summary>
internal sealed class UsageCount
{
    private TimeSpan? _processor;
    private long? _memory;
    private long? _read;
    private long? _written;

    /// <summary>What was told; null members for what was not.</summary>
    public StepUsage Usage => new(_processor, _memory, _read, _written);

    /// <summary>Takes a line.</summary>
    /// <param name="file">The name of the file it is from.</param>
    /// <param name="line">Without its end.</param>
    public void Take(string file, string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (file, words)
        {
            case ("cpuacct.usage", [var nanoseconds]):
                if (Number(nanoseconds) is { } ns) _processor = TimeSpan.FromTicks(ns / 100);
                break;
            case ("cpu.stat", ["usage_usec", var microseconds]):
                if (Number(microseconds) is { } us and < long.MaxValue / 10) _processor = TimeSpan.FromTicks(us * 10);
                break;
            case ("memory.max_usage_in_bytes" or "memory.peak", [var bytes]):
                _memory = Number(bytes) ?? _memory;
                break;
            case ("io.stat", [_, .. var counts]):
                // One line for each disk: 8:0 rbytes=4096 wbytes=0 rios=…
                foreach (var count in counts)
                {
                    if (count.StartsWith("rbytes=", StringComparison.Ordinal)) _read = Sum(_read, count["rbytes=".Length..]);
                    if (count.StartsWith("wbytes=", StringComparison.Ordinal)) _written = Sum(_written, count["wbytes=".Length..]);
                }

                break;
            case ("io", ["read_bytes:", var read]):
                _read = Number(read);
                break;
            case ("io", ["write_bytes:", var written]):
                _written = Number(written);
                break;
        }
    }

    private static long? Sum(long? before, string text) => Number(text) is { } more && (before ?? 0) < long.MaxValue - more
        ? (before ?? 0) + more
        : before;

    private static long? Number(string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
