namespace Auxo.Metrics.Coverage;

/// <summary>What can happen to the coverage of a repository. Stored in stream <c>coverage/{rid}</c>.</summary>
public abstract record CoverageEvent
{
    private CoverageEvent()
    {
    }

    /// <summary>A build of the default branch passed and measured it.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Name">For people.</param>
    /// <param name="BuildId">The build.</param>
    /// <param name="Commit">What it built.</param>
    /// <param name="Lines">Lines that are measured.</param>
    /// <param name="Covered">Of them ran.</param>
    /// <param name="ChangedLines">Of the lines that the push wrote those that are measured; null when it is not known.</param>
    /// <param name="ChangedCovered">Of them ran.</param>
    /// <param name="Languages">By language, the most lines first.</param>
    /// <param name="At">When the build ended.</param>
    public sealed record Measured(
        Rid Rid, string Name, Guid BuildId, CommitId Commit, long Lines, long Covered, long? ChangedLines, long? ChangedCovered,
        IReadOnlyList<LanguageCoverage> Languages, DateTimeOffset At) : CoverageEvent;
}
