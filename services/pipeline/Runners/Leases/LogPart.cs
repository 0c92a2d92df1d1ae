namespace Auxo.Pipeline.Runners.Leases;

/// <summary>What becomes of a part of a log that a runner sends.</summary>
public enum LogPartKind
{
    /// <summary>The part, without what is here already, is added. May be nothing.</summary>
    Add,

    /// <summary>Something is missing before it: it is sent again from the end of what is here.</summary>
    Gap,

    /// <summary>The log would be larger than a log may be.</summary>
    TooLong,
}

/// <summary>The decision on one part: parts may come twice, overlap, or come after a cut in which others were lost.</summary>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Skip">How many of its bytes are here already.</param>
public readonly record struct LogPart(LogPartKind Kind, int Skip)
{
    /// <summary>The largest part.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>Decides.</summary>
    /// <param name="length">Of the log as it is here.</param>
    /// <param name="offset">Where the part begins, as its sender says.</param>
    /// <param name="count">Its bytes.</param>
    /// <param name="limit">How long the log may get.</param>
    public static LogPart Decide(long length, long offset, int count, long limit)
    {
        if (offset > length || offset < 0) return new LogPart(LogPartKind.Gap, 0);
        var skip = (int)Math.Min(count, length - offset);
        return length + count - skip > limit ? new LogPart(LogPartKind.TooLong, skip) : new LogPart(LogPartKind.Add, skip);
    }
}
