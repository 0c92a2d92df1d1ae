using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>A place in a log, as the index keeps it: three numbers of 8 bytes, the lowest first.</summary>
/// <param name="Offset">In bytes, from the begin of the log.</param>
/// <param name="LineEnds">How many line ends lie before it.</param>
/// <param name="Milliseconds">When the bytes after it were printed (Unix time); 0 where it was not written down.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct LogMark(long Offset, long LineEnds, long Milliseconds)
{
    /// <summary>The size of one in the index.</summary>
    public const int Bytes = 24;

    /// <summary>So far apart in bytes are two marks at most, where the index is whole.</summary>
    public const int Spacing = 64 << 10;

    /// <summary>Two marks are so far apart in time, unless many bytes lie between them.</summary>
    public const int Pause = 250;

    /// <summary>When; null where it was not written down.</summary>
    public DateTimeOffset? At => Milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);
}
