namespace Auxo.Registry.Freshness;

/// <summary>What the newest head of a default branch uses, as it is kept here: see <see cref="DependenciesFound"/>.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="RepositoryName">Its name, for people.</param>
/// <param name="Head">The commit that was read.</param>
/// <param name="Packages">Those that are compared.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Files">How many lock files could be read.</param>
/// <param name="At">When it was read.</param>
public sealed record KeptDependencies(
    Rid Rid, string RepositoryName, CommitId Head, IReadOnlyList<UsedPackage> Packages, int Count, int Files, DateTimeOffset At);
