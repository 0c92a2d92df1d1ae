using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Running;

/// <summary>
/// A build in this runner's hands. Its checks and its steps write one after the other, and while PostgreSQL is away they wait and
/// carry on: the step goes on meanwhile, and its result is written when the database is back.
/// </summary>
/// <param name="id">The build.</param>
/// <param name="known">As it was queued a moment ago; null reads it. What changed since is found by the first record.</param>
/// <param name="writer">Writes it.</param>
/// <param name="links">For its texts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears that PostgreSQL is away.</param>
internal sealed class RunningBuild(Guid id, Build? known, BuildWriter writer, Links links, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How the reason of a build begins that Auxo could not run.</summary>
    public const string AuxoFailed = "Auxo failed: ";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Build? _known = known;

    /// <summary>The build as it was last seen; null when there is none.</summary>
    public async Task<Build?> SeenAsync(CancellationToken ct) => _known ?? await ReadAsync(ct);

    /// <summary>The build as it stands; null when there is none.</summary>
    public async Task<Build?> ReadAsync(CancellationToken ct)
        // After its end nothing changes it.
        => _known is { State: BuildState.Finished } ? _known : _known = await SitOutAsync(() => writer.ReadAsync(id, ct), ct);

    /// <summary>Records results, and the steps that begin next.</summary>
    public Task<Build> RecordAsync(IReadOnlyList<StepReport> reports, IReadOnlyList<string> next, CancellationToken ct)
        => WriteAsync((build, now) => RecordStepResults.Decide(build, reports, next, links, now), ct);

    /// <summary>Says on the patch that it runs.</summary>
    public Task<Build> AnnounceAsync(CancellationToken ct) => WriteAsync((build, now) => AnnounceBuild.Decide(build, links, now), ct);

    /// <summary>Ends it as an error of Auxo, which must neither be retried without end nor leave a patch without a word.</summary>
    public Task<Build> BreakAsync(string reason, CancellationToken ct)
        => WriteAsync((build, now) => FinishBuild.Decide(build, Outcome.Errored, AuxoFailed + reason, by: null, links, now), ct);

    /// <summary>Decides on what is known of the build and writes it, in the turn of this caller.</summary>
    /// <returns>The build as it is afterwards.</returns>
    public async Task<Build> WriteAsync(
        Func<Build, DateTimeOffset, (Events Events, OutgoingMessages Messages)> decide, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var written = await SitOutAsync(() => writer.WriteAsync(id, decide, ct, _known), ct);
            return _known = written?.After ?? throw new InvalidOperationException($"Build {id} has a row and no stream.");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private Task<T> SitOutAsync<T>(Func<Task<T>> action, CancellationToken ct)
        => DatabaseOutage.SitOutAsync(
            action,
            reason => logger.LogWarning(
                "PostgreSQL does not answer ({Reason}); build {BuildId} goes on and is recorded when it is back.", reason, id),
            time, ct);
}
