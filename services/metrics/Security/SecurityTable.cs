namespace Auxo.Metrics.Security;

/// <summary>The newest counts of all repositories.</summary>
public sealed class SecurityTable(IDocumentStore store)
{
    /// <summary>Of one; null when its findings were never counted.</summary>
    public async Task<SecurityFacts?> FindAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<SecurityFacts>(SecurityFacts.StreamKey(rid), ct);
    }

    /// <summary>Of all, also of those that are not followed any more.</summary>
    public async Task<IReadOnlyList<SecurityFacts>> ListAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return [.. await session.Query<SecurityFacts>().OrderBy(static facts => facts.Id).ToListAsync(ct)];
    }
}
