using System.Diagnostics;
using System.Threading.Channels;

using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning.Pacing;
using Auxo.Ingest.Tracking;
using Auxo.Ingest.Visibility;
using Auxo.Radicle;

namespace Auxo.Ingest.Scanning;

/// <summary>
/// Scans one repository whenever it is asked to, one scan at a time: who asks during a scan gets the next one, and all who
/// wait share it. What is known is remembered, so a scan that finds nothing new touches no database.
/// </summary>
public sealed partial class RepositoryWatch(
    Repository repository, KnownRepositories known, PublicRepositories open, RepositoryFolders folders, SweepTurns sweeps,
    TimeProvider time, ILogger logger)
{
    private const int MaxNamed = 20;
    private static readonly ActivitySource Tracing = new("Auxo.Ingest");
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly Channel<Call> _wakes = Channel.CreateUnbounded<Call>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ScanThrottle _throttle = new(time);
    private readonly Signal _hurry = new();
    private readonly Queue<(CommitId Commit, string Name, DateTimeOffset At)> _named = new();
    private KnownRepository? _known;
    private RepositorySource? _source;
    private IDisposable? _watcher;

    /// <summary>What the last scan saw and knew, where it found nothing to record and nothing wrong.</summary>
    private (string Stamp, KnownRepository Known)? _quiet;

    /// <summary>A sweep waits for its turn; another one would be the same.</summary>
    private volatile bool _waitsToSweep;

    /// <summary>The repository.</summary>
    public Rid Rid { get; } = repository.Rid;

    /// <summary>Why there is no fact for some things; as of the last scan.</summary>
    public IReadOnlyList<TipProblem> Problems { get; private set; } = [];

    /// <summary>The branches that are there and not built, with the reason; as of the last look.</summary>
    public IReadOnlyList<TipProblem> OtherBranches { get; private set; } = [];

    /// <summary>Why the last scan failed; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Radicle keeps it private; as of the last scan.</summary>
    public bool IsPrivate { get; private set; }

    /// <summary>The reader of Radicle's storage; null before the first scan and for plain git.</summary>
    public RadicleRepository? Radicle => (_source as RadicleSource)?.Repository;

    /// <summary>Asks for a scan.</summary>
    public void Wake(DetectedBy detectedBy, CommitId? named = null, string? name = null)
    {
        if (detectedBy == DetectedBy.Sweep && _waitsToSweep) return;
        Ask(new Call(detectedBy, named, name, null, Activity.Current?.Context));
    }

    /// <summary>
    /// The folder changed: that begins a trace of its own. Whoever calls does so in the context in which the watching began, and so would
    /// give every push the trace of the first scan.
    /// </summary>
    private void WakeByEvent() => Ask(new Call(DetectedBy.Event, null, null, null, null));

    /// <summary>Asks for a scan and waits until it is committed.</summary>
    public Task ScanAsync(DetectedBy detectedBy, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Ask(new Call(detectedBy, null, null, done, Activity.Current?.Context));
        return done.Task.WaitAsync(ct);
    }

    /// <summary>Forgets what is remembered: somebody else wrote.</summary>
    public void Forget() => Ask(new Call(null, null, null, null, null));

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // Whoever began to watch, a request say, is not what later pushes follow from.
        Activity.Current = null;
        var isNew = false;
        try
        {
            while (await _wakes.Reader.WaitToReadAsync(ct))
            {
                // Who asks during the pause shares the scan.
                if (_throttle.Take() is { Ticks: > 0 } pause) await Task.Delay(pause, time, ct);
                using var turn = await TurnAsync(ct);
                DetectedBy? detectedBy = null;
                ActivityContext? trace = null;
                List<TaskCompletionSource> waiting = [];
                while (_wakes.Reader.TryRead(out var call))
                {
                    if (call.DetectedBy is null) _known = null;
                    if (detectedBy is null) (detectedBy, trace) = (call.DetectedBy, call.Trace);
                    if (call.Done is not null) waiting.Add(call.Done);
                    if (call.Named is { } commit) Remember(commit, call.Name ?? commit.Short);
                }

                if (detectedBy is { } first)
                {
                    using var activity = Begin(trace);
                    isNew |= await ScanUntilDoneAsync(first, turn, ct);
                    // Nobody's build waits for it: it comes after the facts, and not between two of many scans.
                    if (isNew && (waiting.Count > 0 || !_wakes.Reader.TryPeek(out _)))
                    {
                        await LookAroundAsync(ct);
                        isNew = false;
                    }
                }

                foreach (var done in waiting) done.TrySetResult();
            }
        }
        finally
        {
            _watcher?.Dispose();
            if (_source is not null) await _source.DisposeAsync();
        }
    }

    private void Ask(Call call)
    {
        _wakes.Writer.TryWrite(call);
        if (!call.IsSweep) _hurry.Set();
    }

    /// <summary>A sweep waits for its turn, until somebody asks for a scan: he gets it at once, without one.</summary>
    private async Task<IDisposable?> TurnAsync(CancellationToken ct)
    {
        if (!_wakes.Reader.TryPeek(out var first) || !first.IsSweep) return null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _waitsToSweep = true;
        var (turn, hurry) = (sweeps.TakeAsync(either.Token), _hurry.WaitAsync(either.Token));
        try
        {
            await Task.WhenAny(turn, hurry);
            await either.CancelAsync();
            return await turn;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await hurry.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _waitsToSweep = false;
        }
    }

    /// <summary>
    /// The trace of the first who asked; else a new one. Its id goes with every event, message and log line that follows from
    /// this scan.
    /// </summary>
    private static Activity? Begin(ActivityContext? parent)
    {
        if (Tracing.StartActivity("scan", ActivityKind.Internal, parent ?? default) is { } listened) return listened;
        var activity = new Activity("scan");
        if (parent is { } p) activity.SetParentId(p.TraceId, p.SpanId, p.TraceFlags);
        return activity.Start();
    }

    /// <returns>False where everything is as the last scan left it.</returns>
    private async Task<bool> ScanUntilDoneAsync(DetectedBy detectedBy, IDisposable? turn, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var changed = await ScanOnceAsync(detectedBy, ct);
                Failure = null;
                return changed;
            }
            catch (Exception e) when (e is SourceUnreadableException or NotRadicleException)
            {
                // Repeating at once would not help; the sweep of the next minute tries again.
                Failure = e.Message;
                Log.Unreadable(logger, Rid, e.Message);
                return true;
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                Failure = e.Message;
                _known = null;
                if (!LostRace.Is(e)) Log.Failed(logger, e, Rid);
                // The others need not wait until this one is well.
                turn?.Dispose();
                await Task.Delay(pause, time, ct);
            }
        }
    }

    /// <returns>False where everything is as the last scan left it.</returns>
    private async Task<bool> ScanOnceAsync(DetectedBy detectedBy, CancellationToken ct)
    {
        _known ??= await known.FindAsync(Rid, ct);
        if (_known is not { Repository.IsTracked: true } before) return false;
        _source ??= await OpenAsync(before.Repository, folders, ct);
        // Before the scan: what changes during it starts the next one.
        _watcher ??= await _source.ListenAsync(WakeByEvent, ct);
        // Before the reading: what is signed during it is another stamp.
        var stamp = await _source.StampAsync(ct);
        var isQuiet = stamp is not null && _named.Count == 0
            && _quiet is var (seen, then) && seen == stamp && ReferenceEquals(then, before);
        var now = isQuiet ? null : await _source.ReadAsync(before, ct);
        if (now is not null) IsPrivate = now.IsPrivate;
        // Before the new commits become facts: nothing of them is shown to strangers.
        if (IsPrivate && await open.CloseWhatIsPrivateAsync(Rid, ct)) Log.Closed(logger, Rid);
        if (now is null) return false;
        _known = await known.ObserveAsync(before, now, detectedBy, time.GetUtcNow(), ct);
        _quiet = stamp is not null && ReferenceEquals(_known, before) && now.Problems.Count == 0 ? (stamp, before) : null;
        Problems = [.. now.Problems, .. await NamedButMissingAsync(_source, ct)];
        return true;
    }

    /// <summary>Opens a repository where it lies.</summary>
    /// <exception cref="NotRadicleException">It is not what it was.</exception>
    internal static async Task<RepositorySource> OpenAsync(Repository repository, RepositoryFolders folders, CancellationToken ct)
        => repository.Kind == RepositoryKind.Radicle
            ? new RadicleSource(await RadicleRepository.OpenAsync(folders.FolderOf(repository.Source), ct))
            : new PlainGitSource(folders.FolderOf(repository.Source));

    private async Task LookAroundAsync(CancellationToken ct)
    {
        if (_source is null || _known is not { Repository.IsTracked: true } now) return;
        try
        {
            OtherBranches = await _source.OtherBranchesAsync(now.Repository, ct);
        }
        catch (Exception e) when (e is SourceUnreadableException or NotRadicleException)
        {
            // The next scan fails by the same reason, and says so.
            OtherBranches = [];
        }
    }

    private void Remember(CommitId commit, string name)
    {
        if (_named.Any(n => n.Commit == commit)) return;
        _named.Enqueue((commit, name, time.GetUtcNow()));
        while (_named.Count > MaxNamed) _named.Dequeue();
    }

    /// <summary>A webhook may name what has not arrived, or what never existed: it is shown until it is there or forgotten.</summary>
    private async Task<IReadOnlyList<TipProblem>> NamedButMissingAsync(RepositorySource source, CancellationToken ct)
    {
        var missing = new List<TipProblem>();
        for (var left = _named.Count; left > 0; left--)
        {
            var named = _named.Dequeue();
            if (_known?.Repository.Tips.Any(t => t.Commit == named.Commit) == true
                || await source.HasCommitAsync(named.Commit, ct)) continue;
            _named.Enqueue(named);
            missing.Add(new TipProblem("branch", named.Name, named.Commit, WhyNotBuilt.OnlyNamed(named.Commit, named.At)));
        }

        return missing;
    }

    /// <summary>No <paramref name="DetectedBy"/>: forget what is remembered.</summary>
    private sealed record Call(DetectedBy? DetectedBy, CommitId? Named, string? Name, TaskCompletionSource? Done, ActivityContext? Trace)
    {
        /// <summary>Nobody waits for it.</summary>
        public bool IsSweep => DetectedBy == Scanning.DetectedBy.Sweep && Done is null;
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Warning, "{Rid} cannot be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, Rid rid, string reason);

        [LoggerMessage(102, LogLevel.Warning, "{Rid} became private in Radicle: it is not public here any more")]
        public static partial void Closed(ILogger logger, Rid rid);

        [LoggerMessage(101, LogLevel.Error, "The scan of {Rid} failed; it is repeated")]
        public static partial void Failed(ILogger logger, Exception exception, Rid rid);
    }
}
