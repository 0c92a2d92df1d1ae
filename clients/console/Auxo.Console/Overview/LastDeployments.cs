namespace Auxo.Console.Overview;

/// <summary>A deployment and whose it is.</summary>
internal sealed record RepositoryDeployment(Repository Repository, LiveDeployment Deployment);

/// <summary>What went live last.</summary>
internal static class LastDeployments
{
    private const int Days = 30, Repositories = 8, Most = 5;

    /// <summary>Of the repositories that were built last; none where metrics is silent or not for this token.</summary>
    /// <param name="clients">The services.</param>
    /// <param name="repositories">The tracked ones.</param>
    /// <param name="builds">The newest builds of all, newest first.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<IReadOnlyList<RepositoryDeployment>> ReadAsync(
        Clients clients, IReadOnlyList<Repository> repositories, IReadOnlyList<Build> builds, CancellationToken ct)
    {
        var busy = builds.Select(static b => b.Rid).Distinct().Take(Repositories).ToList();
        var found = await Task.WhenAll(repositories.Where(r => busy.Contains(r.Rid)).Select(async repository =>
            (await clients.OrNothingAsync(clients.Metrics.EvidenceAsync(repository.Rid, Days, ct), static e => e.Status == 401))
                ?.Deployments.Select(d => new RepositoryDeployment(repository, d)) ?? []));
        return [.. found.SelectMany(static d => d).OrderByDescending(static d => d.Deployment.At).Take(Most)];
    }
}
