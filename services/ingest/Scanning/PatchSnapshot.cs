using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Ingest.Scanning;

/// <summary>What the storage says of a patch now, signatures verified.</summary>
/// <param name="Id">The patch.</param>
/// <param name="Title">Its title.</param>
/// <param name="Author">Who opened it.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="OpenedAt">Its author's clock.</param>
/// <param name="Revisions">In the order in which they apply, redacted ones left out.</param>
/// <param name="Merge">How it was merged; null unless it was.</param>
/// <param name="EarliestAuthoredAt">The earliest author time among the commits of all revisions; null when it was not asked
/// for, or the commits are not here.</param>
public sealed record PatchSnapshot(
    PatchId Id, string Title, Did Author, PatchStatus Status, DateTimeOffset OpenedAt,
    IReadOnlyList<RevisionSnapshot> Revisions, MergeSnapshot? Merge,
    DateTimeOffset? EarliestAuthoredAt)
{
    /// <summary>What it says that it needs; nothing where it is closed.</summary>
    public PatchNeeds Needs { get; init; } = PatchNeeds.None;

    /// <summary>The newest revision of each author, the patch's own author first: what is to be built. The others were replaced.</summary>
    public IReadOnlyList<RevisionSnapshot> Tips
        => [.. Revisions.GroupBy(r => r.Author).Select(g => g.Last()).OrderByDescending(r => r.Author == Author)];
}

/// <summary>One revision.</summary>
/// <param name="Id">The revision.</param>
/// <param name="Author">Who signed it.</param>
/// <param name="AuthorAlias">For display only.</param>
/// <param name="Base">The commit it starts from.</param>
/// <param name="Head">The commit it proposes.</param>
/// <param name="At">Its author's clock.</param>
/// <param name="HeadHere">False when the commit is not in the storage (yet), so that nothing can be built.</param>
public sealed record RevisionSnapshot(
    RevisionId Id, Did Author, string? AuthorAlias, CommitId Base, CommitId Head, DateTimeOffset At, bool HeadHere);

/// <summary>How a patch was merged.</summary>
/// <param name="Revision">What was merged.</param>
/// <param name="Commit">The commit that contains it.</param>
/// <param name="By">The delegate; null when unknown.</param>
/// <param name="At">The delegate's clock.</param>
/// <param name="Signed">True when enough delegates signed it; false when only the commits say so.</param>
public sealed record MergeSnapshot(RevisionId? Revision, CommitId Commit, Did? By, DateTimeOffset At, bool Signed)
{
    /// <summary>
    /// False when the default branch does not contain the commit: a push writes the merge first, and moves the branch after it.
    /// </summary>
    public bool IsInBranch { get; init; } = true;
}
