using System.Collections.Immutable;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>Where a patch stands.</summary>
public enum PatchStatus
{
    /// <summary>Not ready yet, says its author; it is built all the same.</summary>
    Draft,

    /// <summary>Waiting for review and merge.</summary>
    Open,

    /// <summary>Closed without a merge.</summary>
    Archived,

    /// <summary>In the default branch of enough delegates.</summary>
    Merged,
}

/// <summary>A revision and the commit that contains it, as one delegate merged it.</summary>
/// <param name="Delegate">Who merged.</param>
/// <param name="Revision">What was merged.</param>
/// <param name="Commit">The commit in the delegate's default branch.</param>
/// <param name="At">Whole seconds, the delegate's clock.</param>
public sealed record PatchMerge(Did Delegate, RevisionId Revision, CommitId Commit, DateTimeOffset At);

/// <summary>The state of a patch.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Revision">The merged revision; null unless merged.</param>
/// <param name="Commit">The merge commit; null unless merged.</param>
/// <param name="Conflicts">Two merges that both met the quorum; then the patch stays open.</param>
public sealed record PatchState(
    PatchStatus Status, RevisionId? Revision, CommitId? Commit, IReadOnlyList<(RevisionId Revision, CommitId Commit)> Conflicts)
{
    internal static PatchState Of(PatchStatus status) => new(status, null, null, []);
}

/// <summary>A patch as its signed operations say.</summary>
/// <param name="Id">The patch.</param>
/// <param name="Title">Its present title.</param>
/// <param name="Author">Who opened it.</param>
/// <param name="AuthorAlias">The author's self-chosen name, for display only.</param>
/// <param name="Target">Where it is to be merged: always <c>delegates</c> so far.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Labels">Sorted.</param>
/// <param name="Assignees">Who shall review.</param>
/// <param name="Merges">One per delegate at most.</param>
/// <param name="Revisions">In the order in which they apply, redacted ones included.</param>
/// <param name="Timeline">Every operation that was tried, in order.</param>
/// <param name="Dropped">Operations that do not count, and why.</param>
public sealed record RadiclePatch(
    PatchId Id, string Title, Did Author, string AuthorAlias, string Target, PatchState State,
    IReadOnlyList<string> Labels, IReadOnlyList<Did> Assignees,
    IReadOnlyList<PatchMerge> Merges, IReadOnlyList<RadicleRevision> Revisions, IReadOnlyList<CommitId> Timeline,
    IReadOnlyList<DroppedOperation> Dropped)
{
    /// <summary>The newest revision by the patch's author that was not redacted: what <c>rad</c> calls the patch's head.</summary>
    public RadicleRevision Latest => Revisions.Last(r => !r.Redacted && r.Author == Author);

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt => Revisions[0].At;

    /// <summary>A revision by its id; null when there is none.</summary>
    public RadicleRevision? Find(RevisionId id) => Revisions.FirstOrDefault(r => r.Id == id);
}

/// <summary>One proposal of a patch.</summary>
/// <param name="Id">The operation that made it.</param>
/// <param name="Author">Who signed it, not necessarily the patch's author.</param>
/// <param name="AuthorAlias">The author's self-chosen name, for display only.</param>
/// <param name="Base">The commit it starts from, as its author says.</param>
/// <param name="Head">The commit it proposes. It is not checked that the object is here.</param>
/// <param name="At">Whole seconds, the author's clock.</param>
/// <param name="Descriptions">The description and its edits, oldest first.</param>
/// <param name="Redacted">Taken back; then there is no discussion any more.</param>
/// <param name="Discussion">Comments.</param>
/// <param name="Reviews">One per reviewer.</param>
/// <param name="Resolves">Review comments (review, comment) that it answers.</param>
/// <param name="Reactions">To the revision or to places in its code.</param>
public sealed record RadicleRevision(
    RevisionId Id, Did Author, string AuthorAlias, CommitId Base, CommitId Head, DateTimeOffset At,
    ImmutableList<TextEdit> Descriptions, bool Redacted,
    Discussion Discussion, IReadOnlyList<RadicleReview> Reviews,
    IReadOnlyList<(CommitId Review, CommitId Comment)> Resolves, IReadOnlyList<Reaction> Reactions)
{
    /// <summary>The present description.</summary>
    public string Description => Descriptions[^1].Body;
}

/// <summary>What a reviewer thinks.</summary>
public enum ReviewVerdict
{
    /// <summary>Fine.</summary>
    Accept,

    /// <summary>Not like this.</summary>
    Reject,
}

/// <summary>A review of one revision by one person.</summary>
/// <param name="Id">The operation that made it.</param>
/// <param name="Author">Who reviewed.</param>
/// <param name="Verdict">Null when there is only a summary.</param>
/// <param name="Summaries">The summary and its edits, oldest first; may be empty.</param>
/// <param name="Labels">As written.</param>
/// <param name="Discussion">Inline comments.</param>
/// <param name="At">Whole seconds, the reviewer's clock.</param>
public sealed record RadicleReview(
    CommitId Id, Did Author, ReviewVerdict? Verdict, ImmutableList<TextEdit> Summaries, IReadOnlyList<string> Labels,
    Discussion Discussion, DateTimeOffset At);
