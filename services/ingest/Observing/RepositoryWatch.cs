using System.Diagnostics;
using System.Threading.Channels;

using Auxo.Contracts;
using Auxo.Ingest.Repositories;
using Auxo.Radicle;

namespace Auxo.Ingest.Observing;

/// <summary>
/// Looks at one repository whenever it is told to, one look at a time: whoever comes during a look gets the next one, and all
/// who wait share it. What is known is remembered, so a look that finds nothing new touches no database.
/// </summary>
public sealed partial class RepositoryWatch(Repository repository, KnownRepositories known, TimeProvider time, ILogger logger)
{
    private const int MaxNamed = 20;
    private static readonly ActivitySource Tracing = new("Auxo.Ingest");
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly Channel<Call> _wakes = Channel.CreateUnbounded<Call>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LookPace _pace = new(time);
    private readonly Queue<(CommitId Commit, string Name, DateTimeOffset At)> _named = new();
    private KnownRepository? _known;
    private RepositorySource? _source;
    private IDisposable? _bell;

    /// <summary>The repository.</summary>
    public Rid Rid { get; } = repository.Rid;

    /// <summary>Why there is no fact for some things; as of the last look.</summary>
    public IReadOnlyList<TipProblem> Problems { get; private set; } = [];

    /// <summary>Why the last look failed; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>The reader of Radicle's storage; null before the first look and for plain git.</summary>
    public RadicleRepository? Radicle => (_source as RadicleSource)?.Repository;

    /// <summary>Asks for a look.</summary>
    public void Wake(Via via, CommitId? named = null, string? name = null)
        => _wakes.Writer.TryWrite(new Call(via, named, name, null, Activity.Current?.Context));

    /// <summary>Asks for a look and waits until it is committed.</summary>
    public Task LookAsync(Via via, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _wakes.Writer.TryWrite(new Call(via, null, null, done, Activity.Current?.Context));
        return done.Task.WaitAsync(ct);
    }

    /// <summary>Forgets what is remembered: somebody else wrote.</summary>
    public void Forget() => _wakes.Writer.TryWrite(new Call(null, null, null, null, null));

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (await _wakes.Reader.WaitToReadAsync(ct))
            {
                // Whoever comes during the pause shares the look.
                if (_pace.Take() is { Ticks: > 0 } pause) await Task.Delay(pause, time, ct);
                Via? via = null;
                ActivityContext? trace = null;
                List<TaskCompletionSource> waiting = [];
                while (_wakes.Reader.TryRead(out var call))
                {
                    if (call.Via is null) _known = null;
                    if (via is null) (via, trace) = (call.Via, call.Trace);
                    if (call.Done is not null) waiting.Add(call.Done);
                    if (call.Named is { } commit) Remember(commit, call.Name ?? commit.Short);
                }

                if (via is { } first)
                {
                    using var look = Begin(trace);
                    await LookUntilDoneAsync(first, ct);
                }

                foreach (var done in waiting) done.TrySetResult();
            }
        }
        finally
        {
            _bell?.Dispose();
            if (_source is not null) await _source.DisposeAsync();
        }
    }

    /// <summary>
    /// The trace of whoever told first; else a new one. Its id goes with every event, message and log line that follows from
    /// this look.
    /// </summary>
    private static Activity? Begin(ActivityContext? parent)
    {
        if (Tracing.StartActivity("look", ActivityKind.Internal, parent ?? default) is { } listened) return listened;
        var activity = new Activity("look");
        if (parent is { } p) activity.SetParentId(p.TraceId, p.SpanId, p.TraceFlags);
        return activity.Start();
    }

    private async Task LookUntilDoneAsync(Via via, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await LookOnceAsync(via, ct);
                Failure = null;
                return;
            }
            catch (Exception e) when (e is SourceUnreadableException or NotRadicleException)
            {
                // Repeating at once would not help; the sweep of the next minute tries again.
                Failure = e.Message;
                Log.Unreadable(logger, Rid, e.Message);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                Failure = e.Message;
                _known = null;
                if (e is not ConcurrencyException) Log.Failed(logger, e, Rid);
                await Task.Delay(pause, time, ct);
            }
        }
    }

    private async Task LookOnceAsync(Via via, CancellationToken ct)
    {
        _known ??= await known.FindAsync(Rid, ct);
        if (_known is not { Repository.IsTracked: true } before) return;
        _source ??= await OpenAsync(before.Repository, ct);
        // Before the look: what changes during it rings for the next one.
        _bell ??= _source.Listen(() => Wake(Via.Event));
        var now = await _source.ReadAsync(before, ct);
        _known = await known.ObserveAsync(before, now, via, time.GetUtcNow(), ct);
        Problems = [.. now.Problems, .. await NamedButMissingAsync(_source, ct)];
    }

    /// <summary>Opens a repository where it lies.</summary>
    /// <exception cref="NotRadicleException">It is not what it was.</exception>
    internal static async Task<RepositorySource> OpenAsync(Repository repository, CancellationToken ct)
        => repository.Kind == RepositoryKind.Radicle
            ? new RadicleSource(await RadicleRepository.OpenAsync(repository.Source, ct))
            : new PlainGitSource(repository.Source);

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
            missing.Add(new TipProblem(
                "branch", named.Name, named.Commit,
                $"A webhook of {named.At:HH:mm:ss} named the commit {named.Commit.Short}, which is not in the storage; "
                    + "every sweep looks again."));
        }

        return missing;
    }

    /// <summary>No <paramref name="Via"/>: forget what is remembered.</summary>
    private sealed record Call(Via? Via, CommitId? Named, string? Name, TaskCompletionSource? Done, ActivityContext? Trace);

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Warning, "{Rid} cannot be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, Rid rid, string reason);

        [LoggerMessage(101, LogLevel.Error, "The look at {Rid} failed; it is repeated")]
        public static partial void Failed(ILogger logger, Exception exception, Rid rid);
    }
}
