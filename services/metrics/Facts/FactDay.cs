using Auxo.Metrics.Packing;

namespace Auxo.Metrics.Facts;

/// <summary>Facts of one repository, unpacked (<see cref="DayPack"/>); of one day, or of many.</summary>
public sealed class FactDay
{
    /// <summary>Pushed revisions.</summary>
    public List<RevisionFact> Revisions { get; init; } = [];

    /// <summary>Merged patches.</summary>
    public List<MergeFact> Merges { get; init; } = [];

    /// <summary>Closed patches.</summary>
    public List<ArchiveFact> Archives { get; init; } = [];

    /// <summary>New heads of the default branch.</summary>
    public List<BranchAdvancedFact> BranchAdvances { get; init; } = [];

    /// <summary>Builds that waited or began.</summary>
    public List<BuildPhase> Phases { get; init; } = [];

    /// <summary>Builds that ended.</summary>
    public List<BuildFact> Builds { get; init; } = [];

    /// <summary>Reported deployments.</summary>
    public List<DeploymentFact> Deployments { get; init; } = [];

    /// <summary>What was reported of failures.</summary>
    public List<FailureFact> Failures { get; init; } = [];

    /// <summary>What became known of the repository.</summary>
    public List<RepositoryFact> Repository { get; init; } = [];

    /// <summary>All of them but phases of builds.</summary>
    public IEnumerable<Fact> All()
        => Revisions.Concat<Fact>(Merges)
            .Concat(Archives).Concat(BranchAdvances).Concat(Builds).Concat(Deployments).Concat(Failures).Concat(Repository);
}
