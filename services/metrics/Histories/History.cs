using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>
/// The whole history of a repository as of a moment, worked out once; any window is then read from it. A pure function of the
/// facts: the order in which they were learned, and how often, changes nothing.
/// </summary>
public sealed record History
{
    private History(RepositoryFacts facts)
    {
        (Facts, AsOf) = (facts, facts.AsOf);
        var reported = Failure.Of(facts.Failures);
        var named = reported.Where(static f => !f.IsDismissed && f.Deployment is not null)
            .Select(static f => f.Deployment!).ToHashSet(StringComparer.Ordinal);
        Production = ProductionDeployments.Of(facts, named);
        Red = RedMain.Periods(facts);
        Failures = [.. reported, .. Production.Reverts, .. FailuresOfRedMain()];
        (Failed, Unattributed) = Attribute();
        var builds = facts.Builds.ToArray();
        Array.Sort(builds, static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Build.CompareTo(b.Build));
        Builds = builds;
        var merges = new Dictionary<Oid, MergeFact>();
        foreach (var m in facts.Merges)
        {
            if (!merges.TryGetValue(m.Patch, out var known) || m.At < known.At) merges[m.Patch] = m;
        }

        Merges = [.. merges.Values.OrderBy(static m => m.At)];
        var opened = new Dictionary<Oid, DateTimeOffset>();
        foreach (var r in facts.Revisions)
        {
            if (!opened.TryGetValue(r.Patch, out var known) || r.At < known) opened[r.Patch] = r.At;
        }

        Opened = opened;
    }

    /// <summary>What it was worked out from.</summary>
    public RepositoryFacts Facts { get; }

    /// <summary>The moment: later than that of the facts when nothing happened since.</summary>
    public AsOf AsOf { get; init; }

    /// <summary>What reached production when. All lists are in order of time.</summary>
    public ProductionDeployments Production { get; }

    /// <summary>The times in which the default branch was red.</summary>
    public IReadOnlyList<RedPeriod> Red { get; }

    /// <summary>Every failure, reported or inferred, dismissed ones too.</summary>
    public IReadOnlyList<Failure> Failures { get; }

    /// <summary>The deployments that failed.</summary>
    public IReadOnlyList<FailedDeployment> Failed { get; }

    /// <summary>Failures that no deployment is known to have caused.</summary>
    public IReadOnlyList<Failure> Unattributed { get; }

    /// <summary>Builds that ended.</summary>
    public IReadOnlyList<BuildFact> Builds { get; }

    /// <summary>Merged patches.</summary>
    public IReadOnlyList<MergeFact> Merges { get; }

    /// <summary>When each patch was opened.</summary>
    public IReadOnlyDictionary<Oid, DateTimeOffset> Opened { get; }

    /// <summary>Works it out.</summary>
    public static History Of(RepositoryFacts facts) => new(facts);

    private IEnumerable<Failure> FailuresOfRedMain()
    {
        if (!Facts.Policy.RedMainIsFailure) yield break;
        foreach (var red in Red)
        {
            var live = Sorted.Before(Production.Live, static d => d.At, red.Start + TimeSpan.FromTicks(1));
            if (live > 0) yield return Failure.Inferred($"red:{red.BrokenBy.Short}", Production.Live[live - 1]
                .Id, $"{red.BrokenBy.Short} failed on the default branch", red.Start, red.End, red.FixedBy?.Short);
        }
    }

    private (IReadOnlyList<FailedDeployment> Failed, IReadOnlyList<Failure> Unattributed) Attribute()
    {
        var live = new Dictionary<string, LiveDeployment>(StringComparer.Ordinal);
        foreach (var deployment in Production.Live) live.TryAdd(deployment.Id, deployment);
        var excluded = new Dictionary<string, ExcludedDeployment>(StringComparer.Ordinal);
        foreach (var deployment in Production.Excluded) excluded.TryAdd(deployment.Id, deployment);

        var unattributed = new List<Failure>();
        var failed = new Dictionary<string, List<Failure>>(StringComparer.Ordinal);
        foreach (var failure in Failures.Where(static f => !f.IsDismissed))
        {
            var cause = failure.Deployment is { } id && live.ContainsKey(id) ? id : null;
            if (cause is null && failure.Deployment is { } named && excluded.TryGetValue(named, out var other))
            {
                // A failure elsewhere is nobody's here; one of a deployment that brought nothing new is that of what it repeated.
                if (other.Reason == Exclusion.OtherEnvironment) continue;
                cause = other.Live;
            }

            if (cause is null) unattributed.Add(failure);
            else if (failed.TryGetValue(cause, out var others)) others.Add(failure);
            else failed[cause] = [failure];
        }

        return ([.. failed.Select(f => new FailedDeployment(live[f.Key], f.Value))
            .OrderBy(static f => f.Deployment.At).ThenBy(static f => f.Deployment.Id, StringComparer.Ordinal)],
            [.. unattributed.OrderBy(static f => f.StartedAt).ThenBy(static f => f.Id, StringComparer.Ordinal)]);
    }
}

/// <summary>Looks into lists that are in order of time.</summary>
internal static class Sorted
{
    /// <summary>How many items are before <paramref name="time"/>.</summary>
    public static int Before<T>(IReadOnlyList<T> items, Func<T, DateTimeOffset> at, DateTimeOffset time)
    {
        var (low, high) = (0, items.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (at(items[middle]) < time) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The items of the window.</summary>
    public static IEnumerable<T> Within<T>(IReadOnlyList<T> items, Func<T, DateTimeOffset> at, DateTimeOffset from, DateTimeOffset to)
    {
        var end = Before(items, at, to);
        for (var i = Before(items, at, from); i < end; i++) yield return items[i];
    }
}
