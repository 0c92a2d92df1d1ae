namespace Auxo.Metrics.Security;

/// <summary>What can happen to the counts of a repository's findings. Stored in stream <c>security/{rid}</c>.</summary>
public abstract record SecurityEvent
{
    private SecurityEvent()
    {
    }

    /// <summary>They were counted, and it is not as it was, or it is another day.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Name">For people.</param>
    /// <param name="Counts">By check and severity; what has none is not named.</param>
    /// <param name="Checks">When each check last looked.</param>
    /// <param name="Score">0 to 100 for the checks that are about security; null while none of them has looked.</param>
    /// <param name="At">When it was counted.</param>
    public sealed record Counted(
        Rid Rid, string Name, IReadOnlyList<CountedFindings> Counts, IReadOnlyList<CheckLooked> Checks, int? Score,
        DateTimeOffset At) : SecurityEvent;
}
