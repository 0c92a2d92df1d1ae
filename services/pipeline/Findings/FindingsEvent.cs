namespace Auxo.Pipeline.Findings;

/// <summary>
/// What can happen to the record of a repository's findings. Stored in stream <c>findings/{rid}</c>; the findings themselves
/// are rows.
/// </summary>
public abstract record FindingsEvent
{
    private FindingsEvent()
    {
    }

    /// <summary>A build of the default branch ended, and its checks had looked.</summary>
    /// <param name="BuildId">The build.</param>
    /// <param name="Commit">What it built.</param>
    /// <param name="QueuedAt">When it was queued: an older build that ends later says nothing new.</param>
    /// <param name="Looked">The checks that looked.</param>
    /// <param name="Off">The checks that the pipeline file switches off.</param>
    /// <param name="Opened">How many findings were seen for the first time.</param>
    /// <param name="Reopened">How many fixed ones are there again.</param>
    /// <param name="Fixed">How many are not there any more.</param>
    /// <param name="Open">How many are there now, accepted ones too.</param>
    /// <param name="At">When.</param>
    public sealed record Moved(
        Guid BuildId, CommitId Commit, DateTimeOffset QueuedAt, IReadOnlyList<string> Looked, IReadOnlyList<string> Off,
        int Opened, int Reopened, int Fixed, int Open, DateTimeOffset At) : FindingsEvent;
}
