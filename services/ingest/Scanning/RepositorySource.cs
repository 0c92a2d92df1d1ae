using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Tracking;

namespace Auxo.Ingest.Scanning;

/// <summary>Reads one repository where it lies. Reading when nothing changed costs next to nothing.</summary>
public abstract class RepositorySource(string path) : IAsyncDisposable
{
    /// <summary>The git repository.</summary>
    public string Path { get; } = path;

    /// <summary>
    /// A text that stays the same for as long as reading would find the same; null where only reading tells. Costs next to nothing.
    /// </summary>
    /// <exception cref="SourceUnreadableException">The repository is gone or damaged.</exception>
    public virtual Task<string?> StampAsync(CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>What stands there now; titles, times and contained patches only of what is new against <paramref name="known"/>.</summary>
    /// <exception cref="SourceUnreadableException">The repository is gone or damaged.</exception>
    public abstract Task<RepositorySnapshot> ReadAsync(KnownRepository known, CancellationToken ct);

    /// <summary>The branches that are here and not built, with the reason; none where branches are followed by name.</summary>
    /// <exception cref="SourceUnreadableException">The repository is gone or damaged.</exception>
    public virtual Task<IReadOnlyList<TipProblem>> OtherBranchesAsync(Repository known, CancellationToken ct)
        => Task.FromResult<IReadOnlyList<TipProblem>>([]);

    /// <summary>Whether a commit is here.</summary>
    public abstract Task<bool> HasCommitAsync(CommitId commit, CancellationToken ct);

    /// <summary>Calls whenever it may have changed, until disposed.</summary>
    public abstract Task<IDisposable> ListenAsync(Action changed, CancellationToken ct);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A tracked repository cannot be read now; the message says what to do. The next sweep tries again.</summary>
public sealed class SourceUnreadableException(string message, Exception? inner = null) : Exception(message, inner);
