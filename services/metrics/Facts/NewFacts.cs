using Marten.Services;

namespace Auxo.Metrics.Facts;

/// <summary>Hears from the daemon that new facts were committed. For one that waits; after a start it must look by itself.</summary>
public sealed class NewFacts : IChangeListener
{
    private readonly Signal _committed = new();

    /// <summary>Waits for new facts, at most <paramref name="limit"/>.</summary>
    public Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken ct) => _committed.WaitAsync(limit, time, ct);

    /// <inheritdoc/>
    public Task BeforeCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
    {
        CrashPoint.Hit("metrics.facts.saving");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
    {
        CrashPoint.Hit("metrics.facts.committed");
        _committed.Set();
        return Task.CompletedTask;
    }
}
