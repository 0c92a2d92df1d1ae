using System.Net.Sockets;

using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>
/// Writes what happens to one running build, one append after the other. While PostgreSQL is away it waits and carries on: the
/// step goes on meanwhile, and its result is written when the database is back.
/// </summary>
internal sealed class BuildJournal(
    IDocumentStore store, IMessageBus bus, RunnerBell bell, Links links, TimeProvider time, ILogger logger, Guid buildId) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The build as it stands; null when there is none.</summary>
    public Task<Build?> ReadAsync(CancellationToken ct) => PersistAsync(async () =>
    {
        await using var session = store.QuerySession();
        return await session.Events.FetchLatest<Build>(Build.StreamKey(buildId), ct);
    }, ct);

    /// <summary>Records results, and the step that begins next.</summary>
    public Task<Build> RecordAsync(IReadOnlyList<StepReport> reports, string? next, CancellationToken ct)
        => WriteAsync((build, now) => RecordStepResults.Decide(build, reports, next, links, now), ct);

    /// <summary>
    /// Decides on fresh state and writes events, row and messages in one transaction; again when somebody else wrote first.
    /// </summary>
    /// <returns>The build as it is afterwards.</returns>
    public async Task<Build> WriteAsync(
        Func<Build, DateTimeOffset, (Events Events, OutgoingMessages Messages)> decide, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await PersistAsync(async () =>
            {
                while (true)
                {
                    await using var session = store.LightweightSession();
                    var stream = await session.Events.FetchForWriting<Build>(Build.StreamKey(buildId), ct);
                    var build = stream.Aggregate ?? throw new InvalidOperationException($"Build {buildId} has a row and no stream.");
                    session.CorrelationId = build.TraceId; // Whatever process carries the build on, it is the push's story.
                    var decision = decide(build, time.GetUtcNow());
                    if (decision.Events.Count == 0 && decision.Messages.Count == 0) return build;
                    var (after, messages) = EndBuild.Append(session, bell, stream, decision);
                    foreach (var message in messages) bus.Publish(session, message, Build.StreamKey(buildId));
                    if (after.State == BuildState.Finished) CrashPoint.Hit("pipeline.build.before_finish");
                    try
                    {
                        await session.SaveChangesAsync(ct);
                        return after;
                    }
                    catch (ConcurrencyException)
                    {
                        // A cancel or an approval came first: decide again.
                    }
                }
            }, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<T> PersistAsync<T>(Func<Task<T>> action, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await action();
            }
            catch (Exception e) when (IsAway(e))
            {
                logger.LogWarning(
                    "PostgreSQL does not answer ({Reason}); build {BuildId} goes on and is recorded when it is back.", e.Message, buildId);
            }

            await Task.Delay(pause, time, ct);
        }
    }

    /// <summary>The server is stopped, starting, stopping or out of reach; everything else is an error.</summary>
    internal static bool IsAway(Exception e)
        => e is PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" or "08006" } or SocketException or TimeoutException
           || e is NpgsqlException and not PostgresException;
}
