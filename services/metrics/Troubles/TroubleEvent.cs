namespace Auxo.Metrics.Troubles;

/// <summary>What went past the rules of a repository. Stored in stream <c>troubles/{rid}</c>.</summary>
public abstract record TroubleEvent
{
    private TroubleEvent()
    {
    }

    /// <summary>A patch was merged whose exact result had not passed, or whose owners had not accepted it.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Name">For people.</param>
    /// <param name="PatchId">The patch.</param>
    /// <param name="Commit">What the branch has become.</param>
    /// <param name="Reason">One line for people.</param>
    /// <param name="At">When it was merged, by the clock of who merged.</param>
    public sealed record MergedUnchecked(
        Rid Rid, string Name, PatchId PatchId, CommitId Commit, string Reason, DateTimeOffset At) : TroubleEvent;

    /// <summary>A schedule was not built when it should have been.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Name">For people.</param>
    /// <param name="Schedule">The schedule.</param>
    /// <param name="Count">How many times were missed.</param>
    /// <param name="Reason">One line for people.</param>
    /// <param name="At">When that was found out.</param>
    public sealed record SlotsMissed(
        Rid Rid, string Name, string Schedule, int Count, string Reason, DateTimeOffset At) : TroubleEvent;
}
