using Auxo.Contracts;
using Auxo.Ingest.Commenting;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

namespace Auxo.Ingest.Jobs;

/// <summary>The end of a build is to stand in Radicle. Stays in this service.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Commit">What was built.</param>
/// <param name="BuildId">The build.</param>
/// <param name="Passed">How it ended.</param>
/// <param name="LogUrl">Where people read it; null where the operator has given no address.</param>
/// <param name="Attempt">From 1.</param>
public sealed record RecordJob(Rid Rid, CommitId Commit, Guid BuildId, bool Passed, string? LogUrl, int Attempt)
{
    /// <summary>Pauses between attempts; after the last one the build's comment has to do.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
        TimeSpan.FromHours(6),
    ];

    /// <summary>
    /// The job that is wanted. None for a build that says nothing about its commit, such as a cancelled one.
    /// </summary>
    public static RecordJob? Of(Rid rid, Guid buildId, BuildEnd end)
        => end.Outcome is Outcome.Passed or Outcome.Failed or Outcome.TimedOut
            ? new RecordJob(rid, end.Commit, buildId, end.Outcome == Outcome.Passed, end.LogUrl, Attempt: 1)
            : null;

    /// <summary>
    /// What is to be written. Radicle wants an address of the log; a build without one has its name there, which no program can take for
    /// an address.
    /// </summary>
    public JobRequest Request => new(
        Commit, Uri.TryCreate(LogUrl, UriKind.Absolute, out var log) ? log : new Uri($"urn:uuid:{BuildId}"), BuildId, Passed);
}

/// <summary>What came of an attempt.</summary>
/// <param name="Missing">Why it does not stand there yet; null when it does, or is wanted no longer.</param>
public sealed record JobAttempt(string? Missing);

/// <summary>Writes the ends of builds to Radicle.</summary>
public static partial class RecordJobHandler
{
    /// <summary>Writes what the storage does not have.</summary>
    public static async Task<JobAttempt> BeforeAsync(
        RecordJob message, NodeWatch node, Observer observer, JobWriter writer, JobSettings settings,
        WritingIdentity identity, CancellationToken ct)
    {
        if (await node.HomeAsync(ct) is not { } home || home.RepositoryPath(message.Rid) is var path && !Directory.Exists(path))
            return new JobAttempt(null);
        try
        {
            var written = await observer.UseAsync(
                message.Rid, path, storage => writer.WriteAsync(
                    identity.Of(home), storage, message.Request, settings.ByProgram, ct), ct);
            CrashPoint.Hit("ingest.job.written");
            return new JobAttempt((written as JobWrite.NotYet)?.Reason);
        }
        catch (Exception e) when (e is NotRadicleException or ObjectDisposedException or CobFormatException or Git.GitException
            or IOException)
        {
            return new JobAttempt(e.Message);
        }
    }

    /// <summary>What could not be done is done again later, by the same message with the next number.</summary>
    public static OutgoingMessages Handle(RecordJob message, JobAttempt attempt, ILogger<JobWriter> logger)
    {
        if (attempt.Missing is not { } reason) return [];
        if (message.Attempt > RecordJob.Pauses.Count)
        {
            GivenUp(logger, message.BuildId, message.Attempt, reason);
            return [];
        }

        NotYet(logger, message.BuildId, reason);
        return [(message with { Attempt = message.Attempt + 1 }).DelayedFor(RecordJob.Pauses[message.Attempt - 1])];
    }

    [LoggerMessage(140, LogLevel.Information, "Build {BuildId} does not stand in Radicle as a job yet: {Reason}")]
    private static partial void NotYet(ILogger logger, Guid buildId, string reason);

    [LoggerMessage(141, LogLevel.Warning, "Build {BuildId} does not stand in Radicle as a job after {Attempts} attempts: {Reason}")]
    private static partial void GivenUp(ILogger logger, Guid buildId, int attempts, string reason);
}
