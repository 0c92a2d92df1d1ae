using System.Net.Sockets;
using Auxo.Registry.Artifacts;

using Auxo.Registry.Blobs;

using Npgsql;

namespace Auxo.Registry.Publishing;

/// <summary>
/// Fetches the files of builds and publishes them, all of a build at once. What was fetched is kept over a crash; whether it
/// was already published, the lease decides in the publishing transaction.
/// </summary>
public sealed partial class PublishWorker(
    NpgsqlDataSource source, IDocumentStore store, Outbox outbox, BlobStore blobs, PipelineBlobs pipeline, RegistryLinks links,
    TimeProvider time, ILogger<PublishWorker> logger)
    : BackgroundLoop(time, logger)
{
    /// <summary>How long a dead worker's build stays untouched.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(30);

    /// <summary>What is gone stays gone, but a pipeline that is just starting may not see it yet.</summary>
    public const int MostGone = 5;

    private const int AtOnce = 2;
    private static readonly TimeSpan SlowPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly LeasedWork<Guid> _leases = new(source, time, PublicationTable.Leases, LeaseDuration);
    private readonly Signal _wake = new();

    /// <summary>There may be something to publish.</summary>
    public void Wake() => _wake.Set();

    /// <summary>1, 2, 4 … seconds, at most five minutes.</summary>
    public static TimeSpan Pause(int attempts) => attempts >= 9 ? LongestPause : TimeSpan.FromSeconds(1 << Math.Max(attempts - 1, 0));

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        var claimed = await _leases.ClaimAsync(AtOnce, ct);
        await Task.WhenAll(claimed.Select(lease => _leases.RunAsync(lease, held => PublishAsync(lease, held), ct)));
        if (claimed.Count == 0) await _wake.WaitAsync(SlowPoll, Time, ct);
    }

    /// <inheritdoc/>
    protected override Task RestAsync(CancellationToken ct) => _wake.WaitAsync(SlowPoll, Time, ct);

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private async Task PublishAsync(Lease<Guid> lease, CancellationToken ct)
    {
        var build = lease.Key;
        string? reason = null;
        var gone = false;
        try
        {
            await FetchAsync(build, ct);
        }
        catch (Exception e) when (MayPass(e) && !ct.IsCancellationRequested)
        {
            (reason, gone) = (e.Message, e is GoneException or WrongBytesException);
        }

        await using var work = outbox.Open(await TraceAsync(build, ct));
        work.Session.QueueSqlCommand(_leases.Finish(lease));
        if (reason is null) await EndAsync(work, build, ct);
        else await AgainAsync(work.Session, build, reason, gone, ct);
        CrashPoint.Hit("registry.publish.before_commit");
        await work.SaveChangesAsync(ct);
        CrashPoint.Hit("registry.publish.committed");
    }

    /// <summary>What another try may put right. A cancellation that was not asked for here is the client's time-out.</summary>
    private static bool MayPass(Exception e)
        => e is GoneException or WrongBytesException or HttpRequestException or SocketException or OperationCanceledException
            or DiskFullException or IOException or UnauthorizedAccessException;

    private async Task<string?> TraceAsync(Guid build, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return (await session.LoadAsync<Publication>(Publication.StreamKey(build), ct))?.TraceId;
    }

    /// <summary>Every content once, and each is held as soon as it is here: a second try begins where the first one ended.</summary>
    private async Task FetchAsync(Guid build, CancellationToken ct)
    {
        foreach (var artifact in (await PublicationTable.MissingAsync(source, build, ct)).DistinctBy(static a => a.Digest))
        {
            if (!Digest.TryParse(artifact.Digest, out var digest)) throw new WrongBytesException(artifact);
            if (!await blobs.TryKeepAsync(digest, artifact.SizeBytes, ct))
            {
                using var received = await pipeline.FetchAsync(artifact, ct);
                await blobs.KeepAsync(received, ct);
            }

            await PublicationTable.HoldAsync(source, build, digest, ct);
            CrashPoint.Hit("registry.publish.fetched");
        }
    }

    private async Task EndAsync(OutboxSession work, Guid build, CancellationToken ct)
    {
        var stream = await work.Session.Events.FetchForWriting<Publication>(Publication.StreamKey(build), ct);
        var publication = stream.Aggregate ?? throw new InvalidOperationException($"Build {build} has a row and no stream.");
        if (publication.State == PublicationState.Published) return;
        var now = Time.GetUtcNow();
        var channel = await PublicationTable.LatestAsync(source, publication.Subject.Rid, ct, asIfPublished: build) == build
            ? "latest"
            : null;
        stream.AppendOne(new PublicationEvent.Published(channel, now));
        work.Session.QueueSqlCommand(PublicationTable.Published(build, now));
        await work.PublishAsync(new ArtifactPublished(
            "build", publication.Subject.Rid.Value, build.ToString(), publication.Files, publication.Subject, channel,
            links.To(publication.Subject.Rid, build), now));
    }

    private async Task AgainAsync(IDocumentSession session, Guid build, string reason, bool gone, CancellationToken ct)
    {
        var attempts = await PublicationTable.AttemptsAsync(source, build, ct) + 1;
        Log.NotYet(logger, build, attempts, reason);
        if (!gone || attempts < MostGone)
        {
            session.QueueSqlCommand(PublicationTable.Later(build, reason, attempts, Time.GetUtcNow() + Pause(attempts)));
            return;
        }

        session.Events.Append(Publication.StreamKey(build), new PublicationEvent.Failed(reason, Time.GetUtcNow()));
        session.QueueSqlCommand(PublicationTable.Failed(build, reason));
    }

    private static partial class Log
    {
        [LoggerMessage(510, LogLevel.Warning, "The files of build {BuildId} could not be published (attempt {Attempt}): {Reason}")]
        public static partial void NotYet(ILogger logger, Guid buildId, int attempt, string reason);

        [LoggerMessage(511, LogLevel.Error, "Publishing failed; it is repeated")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
