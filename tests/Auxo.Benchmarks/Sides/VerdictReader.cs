using Auxo.Contracts;
using Auxo.Radicle;
using Auxo.Testing.Radicle;

namespace Auxo.Benchmarks.Sides;

/// <summary>
/// Says whether a node's storage has the verdict of a commit, as its user would read it: signed and complete. It is asked every
/// few milliseconds, so it only looks at one file's time as long as nothing has come.
/// </summary>
internal sealed class VerdictReader : IAsyncDisposable
{
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromMilliseconds(250);
    private readonly RadicleRepository _repository;
    private readonly string _signed;
    private readonly Dictionary<CommitId, (DateTime Signed, long At)> _looked = [];
    private readonly Dictionary<CommitId, CommitId> _ended = [];

    private VerdictReader(RadicleRepository repository, string writer)
        => (_repository, _signed) = (repository, Path.Combine(repository.Path, "refs", "namespaces", writer, "refs", "rad", "sigrefs"));

    /// <summary>Opens the storage of <paramref name="at"/> for the words of <paramref name="writer"/>.</summary>
    public static async Task<VerdictReader> OpenAsync(LabNode at, string rid, LabNode writer, CancellationToken ct)
        => new(await RadicleRepository.OpenAsync(at.Storage(rid), ct), writer.Nid);

    /// <summary>A comment with these words stands on the commit's patch, and a job of the commit has ended.</summary>
    public async Task<bool> HasCommentAndJobAsync(Subject subject, string words, CancellationToken ct)
        => MayHaveCome(subject.Commit)
            && await _repository.ReadPatchAsync(subject.Patch!.Value, ct) is { } read
            && read.Revisions.Any(r => r.Discussion.Standing.Any(c => c.Body.Contains(words, StringComparison.Ordinal)))
            && (await _repository.ReadJobsOfAsync(subject.Commit, ct))
                .Any(static job => job.Runs.Any(static run => run.Status != JobRunStatus.Started));

    /// <summary>A job of the commit has ended.</summary>
    public async Task<bool> HasEndedJobAsync(Subject subject, CancellationToken ct)
    {
        if (_ended.ContainsValue(subject.Commit)) return true;
        if (!MayHaveCome(subject.Commit)) return false;
        foreach (var id in (await _repository.ListAsync(CobTypes.Job, ct)).Where(id => !_ended.ContainsKey(id)))
        {
            if (await _repository.ReadJobAsync(id, ct) is { } job
                && job.Runs.Any(static r => r.Status != JobRunStatus.Started)) _ended[id] = job.Commit;
        }

        return _ended.ContainsValue(subject.Commit);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _repository.DisposeAsync();

    /// <summary>
    /// The writer's signature changed since this commit was looked for, or so short before that more may have followed it.
    /// </summary>
    private bool MayHaveCome(CommitId commit)
    {
        var signed = File.GetLastWriteTimeUtc(_signed);
        var rested = TimeProvider.System.GetUtcNow().UtcDateTime - signed > Settled;
        if (_looked.TryGetValue(commit, out var last)
            && last.Signed == signed && rested && TimeProvider.System.GetElapsedTime(last.At) < AtLeastEvery) return false;
        _looked[commit] = (signed, TimeProvider.System.GetTimestamp());
        return true;
    }
}
