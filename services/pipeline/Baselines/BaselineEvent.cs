namespace Auxo.Pipeline.Baselines;

/// <summary>What can happen to the baseline of a repository. Stored in stream <c>baseline/{rid}</c>.</summary>
public abstract record BaselineEvent
{
    private BaselineEvent()
    {
    }

    /// <summary>A build of the default branch set it: all that it found is known.</summary>
    /// <param name="BuildId">The build.</param>
    /// <param name="Commit">What it built.</param>
    /// <param name="Ruling">With which programs, rules and settings the checks were made.</param>
    /// <param name="Unmeasured">Checks that could not be made, so that what they would have found is not in it yet.</param>
    /// <param name="Files">What is known, by file.</param>
    /// <param name="At">When.</param>
    public sealed record Taken(
        Guid BuildId, CommitId Commit, string Ruling, IReadOnlyList<string> Unmeasured, IReadOnlyList<KnownFile> Files, DateTimeOffset At)
        : BaselineEvent;

    /// <summary>A later build of the default branch changed it: what it does not find any more is not known any more.</summary>
    /// <param name="BuildId">The build.</param>
    /// <param name="Commit">What it built.</param>
    /// <param name="Ruling">With which programs, rules and settings the checks were made.</param>
    /// <param name="Unmeasured">Checks that could not be made so far.</param>
    /// <param name="Changed">The files of which something else is known now.</param>
    /// <param name="At">When.</param>
    public sealed record Followed(
        Guid BuildId, CommitId Commit, string Ruling, IReadOnlyList<string> Unmeasured, IReadOnlyList<KnownFile> Changed, DateTimeOffset At)
        : BaselineEvent;

    /// <summary>Somebody said that what a build found is known from now on.</summary>
    /// <param name="BuildId">The build.</param>
    /// <param name="Commit">What it built.</param>
    /// <param name="By">Who.</param>
    /// <param name="Findings">How many findings were new until then.</param>
    /// <param name="Changed">The files of which more is known now.</param>
    /// <param name="At">When.</param>
    public sealed record Accepted(
        Guid BuildId, CommitId Commit, string By, int Findings, IReadOnlyList<KnownFile> Changed, DateTimeOffset At) : BaselineEvent;

    /// <summary>Somebody had it forgotten; the next build of the default branch sets it.</summary>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    public sealed record Reset(string By, DateTimeOffset At) : BaselineEvent;
}
