using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Changes;

/// <summary>
/// What happened to one change on its way to production: a patch (stream <c>change/{rid}/{patchId}</c>) or a new head of the
/// default branch (stream <c>change/{rid}/{commit}</c>).
/// </summary>
public abstract record ChangeEvent
{
    private ChangeEvent()
    {
    }

    /// <summary>A revision of a patch was pushed.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="PatchId">The patch.</param>
    /// <param name="RevisionId">The revision.</param>
    /// <param name="Author">Who signed it.</param>
    /// <param name="Title">The patch's title.</param>
    /// <param name="FirstCommitAt">The earliest author time of its commits, never later than <paramref name="At"/>.</param>
    /// <param name="At">When it was pushed.</param>
    public sealed record Proposed(Rid Rid, PatchId PatchId, RevisionId RevisionId, Did Author, string Title,
        DateTimeOffset FirstCommitAt, DateTimeOffset At) : ChangeEvent, IRecordedFact;

    /// <summary>The patch was merged.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="PatchId">The patch.</param>
    /// <param name="Commit">The commit that contains it.</param>
    /// <param name="At">When.</param>
    /// <param name="SeenAt">When Auxo saw it; what was seen in one look belongs together.</param>
    public sealed record Merged(Rid Rid, PatchId PatchId, CommitId Commit, DateTimeOffset At, DateTimeOffset SeenAt)
        : ChangeEvent, IRecordedFact;

    /// <summary>The patch was closed without a merge.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="PatchId">The patch.</param>
    /// <param name="At">When.</param>
    public sealed record Archived(Rid Rid, PatchId PatchId, DateTimeOffset At) : ChangeEvent, IRecordedFact;

    /// <summary>The default branch has a new head.</summary>
    /// <param name="Rid">The repository.</param>
    /// <param name="Branch">Its short name.</param>
    /// <param name="Old">The head before; null for the first one seen, which is no change but where counting begins.</param>
    /// <param name="Commit">The new head.</param>
    /// <param name="Title">First line of its message.</param>
    /// <param name="Patches">The patches that came with it.</param>
    /// <param name="At">When.</param>
    /// <param name="SeenAt">When Auxo saw it.</param>
    /// <param name="Brought">The commits that came with it; null when it was not looked at.</param>
    public sealed record BranchAdvanced(
        Rid Rid, string Branch, CommitId? Old, CommitId Commit, string Title, IReadOnlyList<PatchId> Patches,
        DateTimeOffset At, DateTimeOffset SeenAt, BroughtCommits? Brought = null) : ChangeEvent, IRecordedFact;
}
