using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.Runners.Leases;

/// <summary>How the time of a build with a runner ends.</summary>
internal enum HandoverEnd
{
    /// <summary>All its steps have a result.</summary>
    Done,

    /// <summary>The build was ended by somebody else.</summary>
    Stopped,

    /// <summary>The runner is going, and gave it back.</summary>
    GivenBack,

    /// <summary>The runner never answered to what it was given.</summary>
    NotTaken,

    /// <summary>The runner was lost: it did not renew its lease, or it has begun anew.</summary>
    Lost,
}

/// <summary>Records results of steps and the steps that begin next.</summary>
internal delegate Task<Build> RecordSteps(IReadOnlyList<StepReport> reports, IReadOnlyList<string> next, CancellationToken ct);

/// <summary>Makes results of what a runner sent, for the build as it stands now; null when it sent what cannot be.</summary>
internal delegate Task<IReadOnlyList<StepReport>?> ReadReports(Build build);

/// <summary>
/// The steps of one build in the hands of a runner. What the runner sends is recorded in turn with the decision that it is lost, so
/// that nothing of a lost runner is ever recorded.
/// </summary>
internal sealed class Handover : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TaskCompletionSource<HandoverEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _takenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RecordSteps? _record;
    private long _renewed;
    private int _connections;
    private volatile bool _confirmed;

    /// <summary>Begins to count the time.</summary>
    /// <param name="row">As it is stored.</param>
    /// <param name="confirmed">Whether the runner is known to have heard of it.</param>
    /// <param name="logs">Where its logs go.</param>
    /// <param name="patience">How long it may be silent.</param>
    /// <param name="time">The clock.</param>
    public Handover(HandoverRow row, bool confirmed, LogStore logs, TimeSpan patience, TimeProvider time)
    {
        (Row, _confirmed, _patience, _time) = (row, confirmed, patience, time);
        Logs = new RemoteLogs(logs, row.BuildId);
        _renewed = time.GetTimestamp();
    }

    /// <summary>As it is stored.</summary>
    public HandoverRow Row { get; }

    /// <summary>Its logs.</summary>
    public RemoteLogs Logs { get; }

    /// <summary>The contents of its artifacts.</summary>
    public RemoteArtifacts Artifacts { get; } = new();

    /// <summary>The build as it was recorded last; null until its work is taken up here.</summary>
    public Build? Build { get; private set; }

    /// <summary>How long it is silent already.</summary>
    private TimeSpan Left => _patience - _time.GetElapsedTime(Interlocked.Read(ref _renewed));

    /// <summary>The steps that run again for their files, although they have a result.</summary>
    public IReadOnlyList<string> Again { get; private set; } = [];

    /// <summary>From now on results are recorded.</summary>
    public void TakeUp(Build build, IReadOnlyList<string> again, RecordSteps record)
    {
        (Again, _record, Build) = (again, record, build);
        _takenUp.TrySetResult();
    }

    /// <summary>Waits until its work is taken up here; false when it has ended before.</summary>
    public async Task<bool> IsTakenUpAsync(CancellationToken ct)
    {
        await Task.WhenAny(_takenUp.Task, _end.Task).WaitAsync(ct);
        return !_end.Task.IsCompleted;
    }

    /// <summary>The runner was heard.</summary>
    public void Renew()
    {
        _confirmed = true;
        Interlocked.Exchange(ref _renewed, _time.GetTimestamp());
    }

    /// <summary>Ends with it.</summary>
    public Task Ending => _end.Task;

    /// <summary>Counts one more connection to the registry; false when there are so many already.</summary>
    public bool TryConnect(int most)
    {
        if (Interlocked.Increment(ref _connections) <= most) return true;
        Disconnect();
        return false;
    }

    /// <summary>One connection less.</summary>
    public void Disconnect() => Interlocked.Decrement(ref _connections);

    /// <summary>How it ended; null while it goes on.</summary>
    public HandoverEnd? Ended => _end.Task.IsCompleted ? _end.Task.Result : null;

    /// <summary>Why the runner could not do it, in one line; null when it said nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>Ends it; the first end counts. When this returns nothing of the runner is recorded any more.</summary>
    /// <param name="end">How.</param>
    /// <param name="fault">Why the runner could not do it.</param>
    public async Task EndAsync(HandoverEnd end, string? fault = null)
    {
        await _turn.WaitAsync();
        try
        {
            if (_end.Task.IsCompleted) return;
            // Before the end: whoever waits for that reads why.
            Fault = fault;
            _end.SetResult(end);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Records what the runner sends; null when it has ended, or when it sent what cannot be.</summary>
    /// <param name="read">
    /// Called in this turn, and only while it goes on: so a runner that was lost changes nothing of the build, its artifacts included.
    /// </param>
    /// <param name="next">The steps that begin.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Build?> RecordAsync(ReadReports read, IReadOnlyList<string> next, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_end.Task.IsCompleted || await read(Build!) is not { } reports) return null;
            foreach (var report in reports) await Logs.CompleteAsync(report.Result.Step, ct);
            CrashPoint.Hit("pipeline.runner.before_record");
            Build = await _record!(reports, next, ct);
            CrashPoint.Hit("pipeline.runner.recorded");
            if (!Build.HasStepsLeft()) _end.TrySetResult(HandoverEnd.Done);
            return Build;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until it has ended, or the runner was silent for too long.</summary>
    public async Task<HandoverEnd> EndedAsync(CancellationToken ct)
    {
        while (!_end.Task.IsCompleted)
        {
            if (Left is var left && left <= TimeSpan.Zero) await EndAsync(_confirmed ? HandoverEnd.Lost : HandoverEnd.NotTaken);
            else await Task.WhenAny(_end.Task, Task.Delay(left, _time, ct));
            ct.ThrowIfCancellationRequested();
        }

        return await _end.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(HandoverEnd.Stopped);
        await Logs.DisposeAsync();
    }
}
