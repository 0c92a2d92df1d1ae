using Auxo.Contracts;
using Auxo.Ingest.Jobs;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Changes;

using Npgsql;

namespace Auxo.Ingest.Commenting;

/// <summary>
/// Writes wanted comments to Radicle. A killed worker's lease runs out and the next one finds what was written by its footer,
/// so nothing is lost and nothing stands there twice. Where Radicle is missing, comments wait, visibly, and are kept.
/// </summary>
public sealed partial class CommentWorker(
    NpgsqlDataSource source, IDocumentStore store, NodeWatch node, Observer observer, PatchCommentWriter writer,
    CommentSettings settings, JobSettings jobs, WritingIdentity identity, ChangeFeed changes, TimeProvider time,
    ILogger<CommentWorker> logger)
    : BackgroundLoop(time, logger)
{
    /// <summary>What listeners hear when comments were wanted or written.</summary>
    public const string Changed = "comment";

    /// <summary>How long a dead worker's comment stays untouched.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(10);

    private const int AtOnce = 8;
    private static readonly TimeSpan SlowPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WaitingPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly LeasedWork<string> _leases = new(source, time, CommentOutbox.Leases, LeaseDuration);
    private readonly Signal _wake = new();

    /// <summary>There may be something to write.</summary>
    public void Wake()
    {
        _wake.Set();
        changes.Tell(Changed);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        node.OnConnected(() => _ = HurryAsync(stoppingToken));
        return base.ExecuteAsync(stoppingToken);
    }

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        var claimed = await _leases.ClaimAsync(AtOnce, ct);
        await Task.WhenAll(claimed.Select(lease => _leases.RunAsync(lease, held => WriteAsync(lease, held), ct)));
        if (claimed.Count == 0) await _wake.WaitAsync(SlowPoll, Time, ct);
    }

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private async Task WriteAsync(Lease<string> lease, CancellationToken ct)
    {
        if (await CommentOutbox.BeginAsync(source, lease, Time.GetUtcNow(), ct) is not { } wanted) return;
        CrashPoint.Hit("ingest.comment.before_write");
        var written = await WriteAsync(wanted, ct);
        CrashPoint.Hit("ingest.comment.written");
        await using var session = store.TracedSession();
        session.QueueSqlCommand(_leases.Finish(lease));
        session.QueueSqlCommand(End(wanted, written, Time.GetUtcNow()));
        CrashPoint.Hit("ingest.comment.before_ack");
        await session.SaveChangesAsync(ct);
        changes.Tell(Changed);
        if (written is not (CommentWrite.Done { AnnouncePending: null } or CommentWrite.Elsewhere)) Log.NotYet(logger, wanted.Key, written);
    }

    /// <summary>What is stored after an attempt.</summary>
    public static NpgsqlBatchCommand End(WantedComment wanted, CommentWrite written, DateTimeOffset now) => written switch
    {
        CommentWrite.Done { AnnouncePending: null } done => CommentOutbox.End(
            wanted, CommentState.Posted, null, done.Comment, failed: false, TimeSpan.Zero, now,
            CommentOutbox.NextLook(wanted.PostedAt, done.Change != CommentChange.None, now)),
        CommentWrite.Done done => CommentOutbox.End(
            wanted, CommentState.Waiting, $"written here, but the peers do not know yet: {done.AnnouncePending}",
            done.Comment, failed: false, WaitingPause, now),
        CommentWrite.Waiting waiting
            => CommentOutbox.End(wanted, CommentState.Waiting, waiting.Reason, null, failed: false, WaitingPause, now),
        CommentWrite.Elsewhere other => CommentOutbox.End(
            wanted, CommentState.Dropped, $"the Auxo of {other.By} speaks on this revision, and one is enough", null, failed: false,
            TimeSpan.Zero, now),
        CommentWrite.Failed { Retry: true } failed
            => CommentOutbox.End(wanted, CommentState.Waiting, failed.Reason, null, failed: true, Pause(wanted.Attempts), now),
        CommentWrite.Failed failed
            => CommentOutbox.End(wanted, CommentState.Dropped, failed.Reason, null, failed: true, TimeSpan.Zero, now),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>1, 2, 4 … seconds, at most five minutes.</summary>
    public static TimeSpan Pause(int attempts) => attempts >= 8 ? LongestPause : TimeSpan.FromSeconds(1 << attempts);

    private async Task<CommentWrite> WriteAsync(WantedComment wanted, CancellationToken ct)
    {
        if (await node.HomeAsync(ct) is not { } home) return new CommentWrite.Waiting(
            node.Status.Reason ?? "There is no Radicle profile here.");
        var path = home.RepositoryPath(wanted.Rid);
        if (!Directory.Exists(path)) return new CommentWrite.Waiting(
            $"{wanted.Rid} is not in the storage of {home.Path}, so nothing can be written to it from here.");
        var request = new CommentRequest(
            wanted.PatchId, wanted.RevisionId, $"auxo · build {BuildId.Short(wanted.BuildId)}", wanted.Body, wanted.CommentId)
        {
            Age = Time.GetUtcNow() - wanted.CreatedAt, AsReview = identity.IsOwn,
            Remarks = settings.AtLines ? wanted.Remarks?.Select(static r => new Remark(r.Path, r.Line, r.Markdown)).ToList() : null,
            Job = wanted.End is { } end && jobs.AreWanted ? RecordJob.Of(wanted.Rid, wanted.BuildId, end)?.Request : null,
        };
        try
        {
            return await observer.UseAsync(wanted.Rid, path, storage => writer.WriteAsync(identity.Of(home), storage, request, ct), ct);
        }
        catch (Exception e) when (e is NotRadicleException or ObjectDisposedException or Git.GitException or IOException)
        {
            return new CommentWrite.Failed(e.Message, Retry: true);
        }
    }

    private async Task HurryAsync(CancellationToken ct)
    {
        try
        {
            await CommentOutbox.HurryAsync(source, ct);
            Wake();
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // They are tried a little later all the same.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(130, LogLevel.Warning, "Comment {Key} does not stand yet: {Written}")]
        public static partial void NotYet(ILogger logger, string key, CommentWrite written);

        [LoggerMessage(131, LogLevel.Error, "Writing comments failed; it is repeated")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
