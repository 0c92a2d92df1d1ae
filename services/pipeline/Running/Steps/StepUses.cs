namespace Auxo.Pipeline.Running.Steps;

/// <summary>What several tries of a step took.</summary>
internal static class StepUses
{
    /// <summary>Times and bytes add up; the peak is the higher one. What only one of them tells is what is known.</summary>
    public static StepUsage? Together(StepUsage? one, StepUsage? other)
    {
        if (one is null || other is null) return one ?? other;
        return new StepUsage(
            one.Processor is { } a && other.Processor is { } b ? a + b : one.Processor ?? other.Processor,
            Both(one.PeakMemoryBytes, other.PeakMemoryBytes, Math.Max), Both(one.ReadBytes, other.ReadBytes, static (x, y) => x + y),
            Both(one.WrittenBytes, other.WrittenBytes, static (x, y) => x + y));
    }

    private static long? Both(long? one, long? other, Func<long, long, long> join)
        => one is { } a && other is { } b ? join(a, b) : one ?? other;
}
