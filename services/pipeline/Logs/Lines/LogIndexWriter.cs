using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>
/// Writes a log's index while the log is written. The index is a hint: a disk that takes no more of it costs readers time, and the step
/// nothing.
/// </summary>
internal sealed class LogIndexWriter : IDisposable
{
    private readonly TimeProvider _time;
    private SafeFileHandle? _file;
    private long _written;
    private long _lineEnds;
    private LogMark _last;

    /// <summary>Goes on with the index of a log that an earlier try has begun.</summary>
    public LogIndexWriter(string log, SafeFileHandle file, long length, TimeProvider time)
    {
        _time = time;
        var index = LogIndex.Read(log, file, length, complete: false, CancellationToken.None);
        (_lineEnds, _last) = (index.LineEnds, index.Marks.Count > 0 ? index.Marks[^1] : new LogMark(-LogMark.Spacing, 0, 0));
        try
        {
            _file = File.OpenHandle(
                LogIndex.PathOf(log), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            foreach (var mark in index.Marks) Write(mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
        }
    }

    /// <summary>Notes bytes that were just appended at <paramref name="offset"/>.</summary>
    public void Wrote(ReadOnlySpan<byte> bytes, long offset)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        while (!bytes.IsEmpty)
        {
            if (offset - _last.Offset >= LogMark.Spacing || Math.Abs(now - _last.Milliseconds) >= LogMark.Pause)
                Note(new LogMark(offset, _lineEnds, now));
            var part = bytes[..Math.Min(bytes.Length, LogMark.Spacing)];
            _lineEnds += part.Count((byte)'\n');
            offset += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Note(LogMark mark)
    {
        _last = mark;
        try
        {
            Write(mark);
        }
        catch (IOException)
        {
            Dispose();
        }
    }

    private void Write(LogMark mark)
    {
        if (_file is null) return;
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(new ReadOnlySpan<LogMark>(in mark)), _written);
        _written += LogMark.Bytes;
    }
}
