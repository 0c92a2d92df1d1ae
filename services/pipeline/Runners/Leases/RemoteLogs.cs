using Auxo.Pipeline.Logs;

namespace Auxo.Pipeline.Runners.Leases;

/// <summary>The logs of one build as they come from its runner: bytes at an offset, which is that in the file here.</summary>
internal sealed class RemoteLogs(LogStore logs, Guid buildId) : IAsyncDisposable
{
    /// <summary>
    /// The runner cuts a log that is too long, and says so in it. Its limit may be another than ours, and Auxo's own lines come on top.
    /// </summary>
    private const long Slack = 1 << 20;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, StepLog> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _complete = new(StringComparer.Ordinal);
    private bool _isOver;

    /// <summary>How much of a step's log is here.</summary>
    public long LengthOf(string step) => logs.Find(buildId, step)?.LengthBytes ?? 0;

    /// <summary>Adds a part.</summary>
    /// <returns>What was decided, and how long the log is now.</returns>
    public async Task<(LogPartKind Kind, long Length)> TakeAsync(string step, long offset, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            // A part that comes again after the end, since the answer to it was lost.
            if (_isOver || _complete.Contains(step)) return (LogPartKind.Add, offset + bytes.Length);
            if (!_open.TryGetValue(step, out var log))
                _open[step] = log = await logs.OpenAsync(buildId, step, ct, Slack);
            var part = LogPart.Decide(log.LengthBytes, offset, bytes.Length, logs.LimitBytes + Slack);
            if (part.Kind == LogPartKind.Add) await log.WriteAsync(bytes[part.Skip..]);
            return (part.Kind, log.LengthBytes);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The step has its result: readers of its log see the end.</summary>
    public async Task CompleteAsync(string step, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_isOver || !_complete.Add(step)) return;
            if (!_open.Remove(step, out var log)) log = await logs.OpenAsync(buildId, step, ct, Slack);
            await log.CompleteAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Nothing of this runner is taken any more; the logs may go on with another.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _isOver = true;
        foreach (var log in _open.Values) await log.DisposeAsync();
        _open.Clear();
        _turn.Release();
    }
}
