using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Facts;

/// <summary>The moment for which an answer is given.</summary>
/// <param name="Time">What happened later is left out.</param>
/// <param name="Position">What Auxo learned at a later position is left out: the same question gives the same answer forever.</param>
public sealed record AsOf(DateTimeOffset Time, long Position)
{
    /// <summary>True when the fact had happened and was known.</summary>
    public bool Includes(Fact fact) => fact.At <= Time && fact.Seq <= Position;

    /// <summary>True when the phase had begun and was known.</summary>
    public bool Includes(BuildPhase phase) => phase.At <= Time && phase.Seq <= Position;
}

/// <summary>All facts of one repository as of a moment. Their order carries no meaning.</summary>
public sealed class RepositoryFacts
{
    private RepositoryFacts(Rid rid, AsOf asOf, IReadOnlyCollection<FactDay> days)
    {
        (Rid, AsOf) = (rid, asOf);
        Revisions = Take(days, static d => d.Revisions);
        Merges = Take(days, static d => d.Merges);
        Archives = Take(days, static d => d.Archives);
        BranchAdvances = Take(days, static d => d.BranchAdvances);
        Phases = [.. days.SelectMany(static d => d.Phases).Where(asOf.Includes)];
        Builds = Take(days, static d => d.Builds);
        Deployments = Take(days, static d => d.Deployments);
        Failures = Take(days, static d => d.Failures);
        // Rules hold for the past too, so their own time does not matter; what was known does.
        var repository = days.SelectMany(static d => d.Repository).Where(f => f.Seq <= asOf.Position).ToList();
        var named = repository.Where(static f => f.Name is not null).MaxBy(static f => (f.At, f.Name));
        Name = named?.Name;
        DefaultBranch = BranchAdvances.Select(static l => (l.SeenAt, l.Branch))
            .Append((named?.At ?? DateTimeOffset.MinValue, named?.DefaultBranch!)).Where(static b => b.Item2 is not null)
            .DefaultIfEmpty().MaxBy(static b => b.Item1).Item2;
        Policy = repository.Where(static f => f.Policy is not null).MaxBy(static f => f.Seq)?.Policy ?? CountingPolicy.Default;
        IsTracked = !repository.Exists(f => f.Untracked && f.At > (named?.At ?? DateTimeOffset.MinValue));
    }

    /// <summary>The repository.</summary>
    public Rid Rid { get; }

    /// <summary>The moment.</summary>
    public AsOf AsOf { get; }

    /// <summary>For people; null when it is not known.</summary>
    public string? Name { get; }

    /// <summary>Short name; null when it is not known.</summary>
    public string? DefaultBranch { get; }

    /// <summary>How it is counted.</summary>
    public CountingPolicy Policy { get; }

    /// <summary>False when it is no longer followed.</summary>
    public bool IsTracked { get; }

    /// <summary>Pushed revisions.</summary>
    public IReadOnlyList<RevisionFact> Revisions { get; }

    /// <summary>Merged patches.</summary>
    public IReadOnlyList<MergeFact> Merges { get; }

    /// <summary>Closed patches.</summary>
    public IReadOnlyList<ArchiveFact> Archives { get; }

    /// <summary>New heads of the default branch.</summary>
    public IReadOnlyList<BranchAdvancedFact> BranchAdvances { get; }

    /// <summary>Builds that waited or began.</summary>
    public IReadOnlyList<BuildPhase> Phases { get; }

    /// <summary>Builds that ended.</summary>
    public IReadOnlyList<BuildFact> Builds { get; }

    /// <summary>Reported deployments.</summary>
    public IReadOnlyList<DeploymentFact> Deployments { get; }

    /// <summary>What was reported of failures.</summary>
    public IReadOnlyList<FailureFact> Failures { get; }

    /// <summary>The facts in these days that had happened and were known.</summary>
    public static RepositoryFacts Of(Rid rid, IReadOnlyCollection<FactDay> days, AsOf asOf) => new(rid, asOf, days);

    private List<T> Take<T>(IReadOnlyCollection<FactDay> days, Func<FactDay, List<T>> of)
        where T : Fact
    {
        var facts = new List<T>(days.Sum(day => of(day).Count));
        foreach (var day in days)
        {
            foreach (var fact in of(day))
            {
                if (AsOf.Includes(fact)) facts.Add(fact);
            }
        }

        return facts;
    }
}
