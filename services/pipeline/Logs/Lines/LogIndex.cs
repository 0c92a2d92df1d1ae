using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>
/// Where the lines of a log are and when they were printed, to within <see cref="LogMark.Spacing"/> bytes: a file beside the log, made
/// while it is written. It is a hint. What it lacks (an older log, a crash) is found by reading the log, and kept when the log is complete.
/// </summary>
internal sealed class LogIndex
{
    /// <summary>Bytes that are read in some milliseconds.</summary>
    internal const long Much = 16 << 20;

    private readonly List<LogMark> _marks;

    private LogIndex(List<LogMark> marks, long lineEnds, long length, bool isUnfinished)
        => (_marks, LineEnds, Length, IsUnfinished) = (marks, lineEnds, length, isUnfinished);

    /// <summary>In order; the first one is the begin of the log. Empty when the log is.</summary>
    public IReadOnlyList<LogMark> Marks => _marks;

    /// <summary>Line ends in the whole log.</summary>
    public long LineEnds { get; }

    /// <summary>Bytes of the log that were looked at.</summary>
    public long Length { get; }

    /// <summary>Whether the last line has no end (yet).</summary>
    public bool IsUnfinished { get; }

    /// <summary>How many lines the log has.</summary>
    public long Lines => LineEnds + (IsUnfinished ? 1 : 0);

    /// <summary>The index of a log.</summary>
    public static string PathOf(string log) => Path.ChangeExtension(log, ".index");

    /// <summary>
    /// Whether it lacks so much of the log, such as of one that is older than indexes, that to read it costs a core some time.
    /// </summary>
    public static bool IsBehind(StepLogFile log)
        => log.LengthBytes > Much && log.LengthBytes - (Load(PathOf(log.Path), log.LengthBytes) is [.., var last] ? last.Offset : 0) > Much;

    /// <summary>Reads it, and what it lacks from the log.</summary>
    /// <param name="log">The log's path.</param>
    /// <param name="file">The log, open.</param>
    /// <param name="length">How much of the log counts.</param>
    /// <param name="complete">Nothing more will be written to the log, so an index that was behind is worth keeping.</param>
    /// <param name="ct">The reader has gone.</param>
    public static LogIndex Read(string log, SafeFileHandle file, long length, bool complete, CancellationToken ct)
    {
        var marks = Load(PathOf(log), length);
        var behind = length - (marks.Count > 0 ? marks[^1].Offset : 0) > 2 * LogMark.Spacing;
        var lineEnds = Scan(file, length, marks, ct);
        if (behind && complete) Keep(PathOf(log), marks);
        return new LogIndex(marks, lineEnds, length, length > 0 && LastByte(file, length) != (byte)'\n');
    }

    /// <summary>The last mark before the begin of a line.</summary>
    /// <param name="line">From 1, and not after the last one.</param>
    public LogMark Before(long line)
    {
        var (low, high) = (0, _marks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_marks[middle].LineEnds < line - 1) low = middle;
            else high = middle - 1;
        }

        return _marks[low];
    }

    /// <summary>When the byte at an offset was printed; null where it was not written down.</summary>
    public DateTimeOffset? At(long offset)
    {
        var (low, high) = (0, _marks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_marks[middle].Offset <= offset) low = middle;
            else high = middle - 1;
        }

        return high < 0 ? null : _marks[low].At;
    }

    /// <summary>What is sound of the file: it may be torn, or ahead of the log after a power cut.</summary>
    private static List<LogMark> Load(string path, long length)
    {
        var marks = new List<LogMark>();
        try
        {
            foreach (var mark in MemoryMarshal.Cast<byte, LogMark>(File.ReadAllBytes(path)))
            {
                if (mark.Offset >= length || mark.LineEnds < 0 || mark.LineEnds > mark.Offset) break;
                if (marks.Count == 0 ? mark.Offset != 0 : mark.Offset <= marks[^1].Offset || mark.LineEnds < marks[^1].LineEnds) break;
                marks.Add(mark);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is none.
        }

        return marks;
    }

    /// <summary>Adds the marks that are missing at the end, and counts to the end.</summary>
    private static long Scan(SafeFileHandle file, long length, List<LogMark> marks, CancellationToken ct)
    {
        if (marks.Count == 0 && length > 0) marks.Add(new LogMark(0, 0, 0));
        var (offset, lineEnds) = marks.Count > 0 ? (marks[^1].Offset, marks[^1].LineEnds) : (0, 0);
        var buffer = new byte[LogMark.Spacing];
        while (offset < length)
        {
            ct.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset)), offset);
            if (read == 0) break;
            if (offset - marks[^1].Offset >= LogMark.Spacing) marks.Add(new LogMark(offset, lineEnds, 0));
            lineEnds += buffer.AsSpan(0, read).Count((byte)'\n');
            offset += read;
        }

        return lineEnds;
    }

    private static void Keep(string path, List<LogMark> marks)
    {
        var whole = $"{path}.{Guid.NewGuid():n}";
        try
        {
            File.WriteAllBytes(whole, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(marks)));
            File.Move(whole, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next reader reads the log, too.
        }
    }

    private static byte LastByte(SafeFileHandle file, long length)
    {
        Span<byte> last = stackalloc byte[1];
        RandomAccess.Read(file, last, length - 1);
        return last[0];
    }
}
