namespace Auxo.Pipeline.Logs;

/// <summary>How far a log has got, shared by its writer and its readers. Readers wait for a signal; nobody polls.</summary>
internal sealed class LogState(string path, long length, bool complete)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;

    public string Path { get; } = path;

    public long Length { get; private set; } = length;

    public bool IsComplete { get; private set; } = complete;

    /// <summary>Readers that follow and writers that write; the store forgets the state when it falls to 0.</summary>
    public int Users { get; set; }

    public void Grew(long length) => Change(length, complete: false);

    public void Complete() => Change(Length, complete: true);

    /// <summary>Ends when there are bytes after <paramref name="offset"/>, or the log is complete.</summary>
    /// <returns>The length and whether it is final.</returns>
    public async ValueTask<(long Length, bool Complete)> WaitBeyondAsync(long offset, CancellationToken ct)
    {
        while (true)
        {
            Task waiting;
            lock (_gate)
            {
                if (Length > offset || IsComplete) return (Length, IsComplete);
                _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _waiting.Task;
            }

            await waiting.WaitAsync(ct);
        }
    }

    private void Change(long length, bool complete)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            Length = length;
            IsComplete = complete;
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.SetResult();
    }
}
