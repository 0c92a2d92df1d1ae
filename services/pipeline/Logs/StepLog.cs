using System.Text;

using Auxo.Pipeline.Logs.Lines;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs;

/// <summary>
/// The log of one running step: bytes are appended as they come and can be read at once. Any thread may write. When the limit
/// is reached, a line says so and the rest is dropped; lines of Auxo itself still get in.
/// </summary>
public sealed class StepLog : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file;
    private readonly LogIndexWriter _index;
    private readonly LogState _state;
    private readonly Action<LogState> _complete;
    private readonly long _limit;
    private long _length;
    private bool _atLineStart;
    private bool _cut;

    internal StepLog(string path, SafeFileHandle file, LogState state, long limit, TimeProvider time, Action<LogState> complete)
    {
        (Path, _file, _state, _limit, _complete) = (path, file, state, limit, complete);
        _length = RandomAccess.GetLength(file);
        _index = new LogIndexWriter(path, file, _length, time);
        _atLineStart = _length == 0 || LastByte() == (byte)'\n';
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes so far.</summary>
    public long LengthBytes => _state.Length;

    /// <summary>Appends what a step printed, as it is: any bytes.</summary>
    /// <exception cref="ObjectDisposedException">The log was completed.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            if (_cut || bytes.IsEmpty) return ValueTask.CompletedTask;
            var room = _limit - _length;
            if (bytes.Length <= room)
            {
                Append(bytes.Span);
            }
            else
            {
                Append(bytes.Span[..(int)Math.Max(0, room)]);
                _cut = true;
                AppendLine(
                    $"--- the log is cut here: it may have {_limit >> 10} KiB. The step goes on, the rest of its output is dropped.");
            }
        }

        // A write to the page cache is shorter than a trip through the thread pool.
        return ValueTask.CompletedTask;
    }

    /// <summary>Appends a line of Auxo's own, on a line of its own, even beyond the limit.</summary>
    /// <exception cref="ObjectDisposedException">The log was completed.</exception>
    public void WriteLine(string line)
    {
        lock (_gate) AppendLine(line);
    }

    /// <summary>Ends the log: readers that follow it see its end. A second call does nothing.</summary>
    public ValueTask CompleteAsync()
    {
        lock (_gate)
        {
            if (_file.IsClosed) return ValueTask.CompletedTask;
            _file.Dispose();
            _index.Dispose();
            _complete(_state);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file without ending the log, as a crash would: the step may go on writing after a restart.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _file.Dispose();
            _index.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private void AppendLine(string line)
        => Append(Encoding.UTF8.GetBytes((_atLineStart ? "" : "\n") + line.ReplaceLineEndings(" ") + "\n"));

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        RandomAccess.Write(_file, bytes, _length);
        _index.Wrote(bytes, _length);
        _length += bytes.Length;
        _atLineStart = bytes[^1] == (byte)'\n';
        _state.Grew(_length);
    }

    private byte LastByte()
    {
        Span<byte> last = stackalloc byte[1];
        RandomAccess.Read(_file, last, _length - 1);
        return last[0];
    }
}
