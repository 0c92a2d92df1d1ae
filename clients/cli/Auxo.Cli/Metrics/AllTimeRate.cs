using Auxo.Api;

namespace Auxo.Cli.Metrics;

/// <summary>How many of all builds of a repository passed, since Auxo knows it.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Repository">Its name.</param>
/// <param name="Verdicts">Builds that ended with a verdict: what was stopped or could not run says nothing.</param>
/// <param name="Passed">Those that passed.</param>
/// <param name="Ratio">Passed of all, from 0 to 1.</param>
internal sealed record AllTimeRate(string Rid, string Repository, int Verdicts, int Passed, double Ratio)
{
    /// <summary>As many days as the service looks back: older than Auxo is.</summary>
    private const int Days = 3660;

    /// <summary>Of more repositories nobody reads it in this list; 'auxo metrics ci' has them all.</summary>
    private const int Most = 5;

    /// <summary>The rates of the repositories in a list of builds; those that the service cannot say are left out.</summary>
    public static async Task<IReadOnlyList<AllTimeRate>> OfAsync(Clients clients, IReadOnlyList<Build> builds, CancellationToken ct)
    {
        var rates = new List<AllTimeRate>();
        foreach (var build in builds.DistinctBy(static b => b.Rid).Take(Most))
        {
            var asked = await Attempt.OfAsync("metrics", () => clients.Metrics.CiAsync(build.Rid, Days, asOf: null, ct));
            if (asked.Value is { Success: { Ratio: { } ratio } success })
                rates.Add(new AllTimeRate(build.Rid, build.RepositoryName, success.N, success.Passed, ratio));
        }

        return rates;
    }
}
