namespace Auxo.Metrics.Coverage;

/// <summary>The coverage of all repositories.</summary>
public sealed class CoverageTable(IDocumentStore store)
{
    /// <summary>Of one; null when it was never measured.</summary>
    public async Task<CoverageFacts?> FindAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<CoverageFacts>(CoverageFacts.StreamKey(rid), ct);
    }

    /// <summary>Of all, also of those that are not followed any more.</summary>
    public async Task<IReadOnlyList<CoverageFacts>> ListAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return [.. await session.Query<CoverageFacts>().OrderBy(static facts => facts.Id).ToListAsync(ct)];
    }
}
