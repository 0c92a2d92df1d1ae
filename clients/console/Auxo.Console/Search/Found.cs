namespace Auxo.Console.Search;

/// <summary>What fits what somebody looks for.</summary>
/// <param name="Repositories">By name or the begin of their id.</param>
/// <param name="Patches">By words of their title or their first digits.</param>
/// <param name="Builds">By words of their title, their repository, or the first digits of build, patch or commit; newest first.</param>
internal sealed record Found(
    IReadOnlyList<Repository> Repositories, IReadOnlyList<(Repository Of, PatchInfo Patch)> Patches, IReadOnlyList<Build> Builds)
{
    private const int PageSize = 200;

    /// <summary>Asks the services.</summary>
    /// <param name="clients">With the reader's token.</param>
    /// <param name="wanted">What was typed, not empty.</param>
    /// <param name="pages">How far back builds are read, in pages of two hundred.</param>
    /// <param name="patchesOf">Of how many repositories the patches are read; each of them costs one request.</param>
    /// <param name="most">At most so many of each.</param>
    /// <param name="ct">When nobody waits any more.</param>
    public static async Task<Found> FindAsync(
        Clients clients, string wanted, int pages, int patchesOf, int most, CancellationToken ct)
    {
        var repositories = (await clients.Ingest.RepositoriesAsync(ct)).Items;
        var patches = Task.WhenAll(repositories.Take(patchesOf).Select(async r
            => (await clients.Ingest.PatchesAsync(r.Rid, ct)).Items.Select(p => (Of: r, Patch: p))));
        var builds = new List<Build>();
        string? after = null;
        for (var page = 0; page < pages && builds.Count < most; page++)
        {
            var answer = await clients.Pipeline.BuildsAsync(rid: null, patch: null, commit: null, limit: PageSize, after, ct);
            builds.AddRange(answer.Items.Where(b
                => Has(b.Title, wanted) || Has(b.RepositoryName, wanted) || Begins(b.Id, wanted) || Begins(b.Commit, wanted)
                    || Begins(b.PatchId, wanted)));
            if ((after = answer.Next) is null) break;
        }

        return new Found(
            [.. repositories.Where(r => Has(r.Name, wanted) || r.Rid.Contains(wanted, StringComparison.Ordinal)).Take(most)],
            [.. (await patches).SelectMany(static p => p)
                .Where(p => Has(p.Patch.Title, wanted) || Begins(p.Patch.PatchId, wanted)).Take(most)],
            [.. builds.Take(most)]);
    }

    private static bool Has(string text, string wanted) => text.Contains(wanted, StringComparison.OrdinalIgnoreCase);

    private static bool Begins(string? id, string wanted) => id?.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) == true;
}
