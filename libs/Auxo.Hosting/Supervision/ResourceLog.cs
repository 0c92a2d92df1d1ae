using System.Threading.Channels;

namespace Auxo.Hosting.Supervision;

/// <summary>A line of a resource's output.</summary>
/// <param name="Number">Counts from 1 since the AppHost started.</param>
/// <param name="Text">The line, without its end.</param>
public sealed record LogLine(long Number, string Text);

/// <summary>The output of one resource: a file that is rotated, the last lines in memory, and whoever listens.</summary>
internal sealed class ResourceLog(string file, long rotateAt, int kept) : IDisposable
{
    private const int Remembered = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _last = new();
    private readonly List<Channel<LogLine>> _listeners = [];
    private StreamWriter? _writer;
    private long _number;

    /// <summary>The newest line; empty when there is none.</summary>
    public string Last
    {
        get
        {
            lock (_gate) return _last.LastOrDefault()?.Text ?? "";
        }
    }

    /// <summary>Writes a line. A disk that is full must not stop the service whose line it is.</summary>
    public void Write(string text)
    {
        lock (_gate)
        {
            var line = new LogLine(++_number, text);
            _last.Enqueue(line);
            if (_last.Count > Remembered) _last.Dequeue();
            foreach (var listener in _listeners) listener.Writer.TryWrite(line);
            try
            {
                _writer ??= new StreamWriter(file, append: true) { AutoFlush = true };
                _writer.WriteLine(text);
                if (_writer.BaseStream.Position >= rotateAt) Rotate();
            }
            catch (IOException)
            {
                _writer = null;
            }
        }
    }

    /// <summary>
    /// The remembered lines after <paramref name="after"/>, then every new one. A reader that lags loses its oldest lines,
    /// never our memory.
    /// </summary>
    public async IAsyncEnumerable<LogLine> ReadAsync(
        long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Remembered * 2)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
        });
        lock (_gate)
        {
            foreach (var line in _last.Where(l => l.Number > after)) channel.Writer.TryWrite(line);
            _listeners.Add(channel);
        }

        try
        {
            await foreach (var line in channel.Reader.ReadAllAsync(cancellationToken)) yield return line;
        }
        finally
        {
            lock (_gate) _listeners.Remove(channel);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _writer?.Dispose();
            foreach (var listener in _listeners) listener.Writer.TryComplete();
        }
    }

    /// <summary><c>x.log</c> becomes <c>x.log.1</c>, that one <c>x.log.2</c>, and the oldest goes.</summary>
    private void Rotate()
    {
        _writer?.Dispose();
        _writer = null;
        for (var i = kept - 1; i >= 1; i--)
        {
            if (File.Exists($"{file}.{i}")) File.Move($"{file}.{i}", $"{file}.{i + 1}", overwrite: true);
        }

        File.Move(file, $"{file}.1", overwrite: true);
    }
}
