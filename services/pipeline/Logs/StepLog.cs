using System.Text;

using Auxo.Pipeline.Logs.Lines;
using Auxo.Pipeline.StepSecrets.Masking;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs;

/// <summary>
/// The log of one running step: bytes are appended as they come and can be read at once. Any thread may write. When the limit
/// is reached, a line says so and the rest is dropped; lines of Auxo itself still get in.
/// </summary>
public sealed class StepLog : IAsyncDisposable
{
    /// <summary>What a mask may hold back for so long is seen then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file;
    private readonly LogIndexWriter _index;
    private readonly LogState _state;
    private readonly TimeProvider _time;
    private readonly Action<LogState> _complete;
    private readonly long _limit;
    private MaskedStream? _masked;
    private SecretMask? _mask;
    private ITimer? _pause;
    private long _length;
    private bool _atLineStart;
    private bool _cut;

    internal StepLog(string path, SafeFileHandle file, LogState state, long limit, TimeProvider time, Action<LogState> complete)
    {
        (Path, _file, _state, _limit, _time, _complete) = (path, file, state, limit, time, complete);
        _length = RandomAccess.GetLength(file);
        _index = new LogIndexWriter(path, file, _length, time);
        _atLineStart = _length == 0 || LastByte() == (byte)'\n';
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes so far.</summary>
    public long LengthBytes => _state.Length;

    /// <summary>Hides these secrets from now on, also in Auxo's own lines. Call it before the step begins.</summary>
    internal void Hide(SecretMask? mask)
    {
        if (mask is null) return;
        lock (_gate)
        {
            (_mask, _masked) = (mask, new MaskedStream(mask));
            _pause = _time.CreateTimer(static log => ((StepLog)log!).Pause(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Appends what a step printed, as it is: any bytes, but for secrets.</summary>
    /// <exception cref="ObjectDisposedException">The log was completed.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            Print(_masked is null ? bytes.Span : _masked.Write(bytes.Span));
            if (_masked is { Waits: true }) _pause!.Change(Patience, Timeout.InfiniteTimeSpan);
        }

        // A write to the page cache is shorter than a trip through the thread pool.
        return ValueTask.CompletedTask;
    }

    /// <summary>Appends a line of Auxo's own, on a line of its own, even beyond the limit.</summary>
    /// <exception cref="ObjectDisposedException">The log was completed.</exception>
    public void WriteLine(string line)
    {
        lock (_gate)
        {
            Finish();
            AppendLine(_mask?.Text(line) ?? line);
        }
    }

    /// <summary>Ends the log: readers that follow it see its end. A second call does nothing.</summary>
    public ValueTask CompleteAsync()
    {
        lock (_gate)
        {
            if (_file.IsClosed) return ValueTask.CompletedTask;
            Close();
            _complete(_state);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file without ending the log, as a crash would: the step may go on writing after a restart.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_file.IsClosed) Close();
        }

        return ValueTask.CompletedTask;
    }

    private void Close()
    {
        try
        {
            Finish();
        }
        finally
        {
            _pause?.Dispose();
            _file.Dispose();
            _index.Dispose();
        }
    }

    /// <summary>What was held back is no secret, since nothing of the step follows.</summary>
    private void Finish()
    {
        if (_masked is not null) Print(_masked.End());
    }

    private void Pause()
    {
        lock (_gate)
        {
            try
            {
                if (!_file.IsClosed) Print(_masked!.Pause());
            }
            catch (IOException)
            {
                // The step's next write finds the same, where somebody can hear of it.
            }
        }
    }

    private void Print(ReadOnlySpan<byte> bytes)
    {
        if (_cut || bytes.IsEmpty) return;
        var room = _limit - _length;
        if (bytes.Length <= room)
        {
            Append(bytes);
            return;
        }

        Append(bytes[..(int)Math.Max(0, room)]);
        _cut = true;
        AppendLine($"--- the log is cut here: it may have {_limit >> 10} KiB. The step goes on, the rest of its output is dropped.");
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
